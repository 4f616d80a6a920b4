import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeJpeg } from '../../media/jpeg.js'
import type { RgbPicture } from '../../media/rgb-picture.js'
import { frameFile, FRAMES_FOLDER } from './files.js'
import { InFlight } from './in-flight.js'
import { together } from './together.js'

/**
 * A 720p frame at this quality, 4:2:0 as in the video: 3 ms to write, 3.9 to read, 166 kB, 40.5 dB. With full colour it
 * would be 4.7 ms, 5.2 ms, 229 kB and 42 dB, of which the video itself has nothing to give.
 */
const QUALITY = 92

/** Writes a video's frames as JPEGs, several at once. */
export class FrameFiles {
  readonly #folder: string
  readonly #work: InFlight
  readonly #sizes: number[] = []

  /** @param folder The revision's. @param atOnce Frames that are coded and written side by side. */
  constructor(folder: string, atOnce: number) {
    this.#folder = folder
    this.#work = new InFlight(atOnce)
  }

  /** Makes the folder of the frames. */
  async open(): Promise<void> {
    await mkdir(join(this.#folder, FRAMES_FOLDER))
  }

  /**
   * Takes the next frame, as soon as there is room for it. Its pixels are needed until {@link finish}.
   *
   * @throws what writing an earlier frame has failed with.
   */
  async add({ rgb, width, height }: RgbPicture): Promise<void> {
    const index = this.#sizes.push(0) - 1
    await this.#work.add(async () => {
      const jpeg = await encodeJpeg(rgb, width, height, QUALITY)
      await writeFile(join(this.#folder, frameFile(index)), jpeg)
      this.#sizes[index] = jpeg.length
    })
  }

  /**
   * Waits until all is written and keeps the first `count` frames.
   *
   * @returns Their size on disk.
   */
  async finish(count: number): Promise<number> {
    await this.#work.finish()
    const surplus = this.#sizes.splice(count)
    await together(surplus.map((_, i) => rm(join(this.#folder, frameFile(count + i)))))
    return this.#sizes.reduce((sum, size) => sum + size, 0)
  }

  /** Waits for the end of what is running, whatever becomes of it. */
  settle(): Promise<void> {
    return this.#work.settle()
  }
}
