import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileProblem } from '../../../media/file-problem.js'
import { encodeWav } from '../../../media/wav.js'
import { badAnswer, type RemoteServer } from '../../../net/server.js'
import { jpegSize, type PictureSize } from './jpeg-size.js'
import type { RemotePainter } from './painter.js'

export interface DrawingOptions {
  readonly server: RemoteServer
  readonly painter: RemotePainter
  /** Folder that the server sees under the same path. */
  readonly mediaDirectory: string
  /** Frames a second, for messages. */
  readonly fps: number
}

/** One frame as a server made it. */
export interface DrawnFrame extends PictureSize {
  /** JPEG bytes. */
  readonly data: Uint8Array
}

/** Shortest file that is sent, in seconds: shorter ones are filled up with silence. */
const SHORTEST_FILE = 0.2
/** How far a server's count of frames may differ: rounding at the ends, and frames that a slow stream has lost. */
const TOLERATED_FRAMES = 2
const TOLERATED_PART = 0.15

/**
 * One piece of sound at a server. Its frames are fetched from the start, whether or not somebody takes them: there are
 * no more than the piece has.
 */
export class Drawing {
  /** Settles when all its work has ended. Never rejects. */
  readonly ended: Promise<void>
  readonly #options: DrawingOptions
  readonly #count: number
  readonly #frames: DrawnFrame[] = []
  #hasEnded = false
  #failure: unknown
  #wake: () => void = ignore

  /** @param count frames of the piece */
  constructor(
    options: DrawingOptions,
    samples: Float32Array,
    sampleRate: number,
    count: number,
    signal: AbortSignal,
  ) {
    this.#options = options
    this.#count = count
    this.ended = this.#fetch(samples, sampleRate, signal)
      .catch((error: unknown) => {
        this.#failure = error ?? new Error('The drawing failed.')
      })
      .then(() => {
        this.#hasEnded = true
        this.#wake()
      })
  }

  /**
   * Exactly as many frames as the piece has, as they come: the last stands for what is missing.
   * @throws UnavailableError when the server fails
   */
  async *frames(): AsyncGenerator<DrawnFrame, void, undefined> {
    let last: DrawnFrame | undefined
    for (let index = 0; index < this.#count; index++) {
      while (this.#frames.length <= index && !this.#hasEnded) {
        await new Promise<void>((resolve) => (this.#wake = resolve))
      }
      if (this.#failure !== undefined) throw this.#failure
      const frame: DrawnFrame | undefined = this.#frames[index] ?? last
      if (frame === undefined) throw badAnswer(this.#options.server, 'it made no frames')
      last = frame
      yield frame
    }
    await this.ended
    // What comes after the last frame may still be bad news: of a rate that is not ours.
    if (this.#failure !== undefined) throw this.#failure
  }

  async #fetch(samples: Float32Array, sampleRate: number, signal: AbortSignal): Promise<void> {
    const { server, painter, mediaDirectory } = this.#options
    const path = join(mediaDirectory, `phiz-${randomUUID()}.wav`)
    try {
      await write(path, longEnough(samples, sampleRate), sampleRate)
      let count = 0
      for await (const data of painter.draw(path, this.#count, signal)) {
        const size = jpegSize(data)
        if (size === undefined) throw badAnswer(server, 'it sent a frame that is no JPEG')
        count += 1
        if (count > this.#count + this.#tolerated) throw this.#wrongRate(`more than ${this.#count}`)
        if (count > this.#count) continue
        this.#frames.push({ data, ...size })
        this.#wake()
      }
      if (count < this.#count - this.#tolerated) throw this.#wrongRate(String(count))
    } finally {
      await rm(path, { force: true })
    }
  }

  get #tolerated(): number {
    return TOLERATED_FRAMES + Math.floor(TOLERATED_PART * this.#count)
  }

  #wrongRate(made: string): Error {
    const { server, fps } = this.#options
    return badAnswer(
      server,
      `it made ${made} frames for sound of ${this.#count} at ${fps} a second; video.fps must be the rate it draws at`,
    )
  }
}

async function write(path: string, samples: Float32Array, sampleRate: number): Promise<void> {
  try {
    await writeFile(path, encodeWav(samples, sampleRate), { flag: 'wx', mode: 0o644 })
  } catch (error) {
    throw fileProblem(error, `remote.mediaDirectory: ${path} cannot be written`)
  }
}

function longEnough(samples: Float32Array, sampleRate: number): Float32Array {
  const least = Math.ceil(SHORTEST_FILE * sampleRate)
  if (samples.length >= least) return samples
  const longer = new Float32Array(least)
  longer.set(samples)
  return longer
}

function ignore(): void {
  // Nobody waits.
}
