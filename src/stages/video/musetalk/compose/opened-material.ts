import { open, type FileHandle } from 'node:fs/promises'
import { messageOf, ModelLoadError } from '../../../../errors.js'
import { FrameReader } from '../../portrait/footage/frame-reader.js'
import type { Box } from '../material/face-box.js'
import { maskOffsets } from '../material/manifest.js'
import { readMaterial, type StoredMaterial } from '../material/read.js'
import type { MaskPlace } from '../prepare/prepared-frame.js'

/** A material whose frames can be had. Close it when nobody uses it any more. */
export class OpenedMaterial {
  readonly count: number
  readonly width: number
  readonly height: number
  /** Pixels of the largest box. */
  readonly largestBox: number
  readonly #stored: StoredMaterial
  readonly #masks: FileHandle
  readonly #offsets: readonly number[]
  /** The only frame of a face that is not filmed is decoded once for all. */
  readonly #still: FrameReader | undefined

  private constructor(stored: StoredMaterial, masks: FileHandle) {
    const { width, height, boxes } = stored.manifest
    this.count = boxes.length
    this.width = width
    this.height = height
    this.largestBox = boxes.reduce(
      (most, [left, top, right, bottom]) => Math.max(most, (right - left) * (bottom - top)),
      0,
    )
    this.#stored = stored
    this.#masks = masks
    this.#offsets = maskOffsets(stored.manifest)
    this.#still = this.count === 1 ? this.#newReader() : undefined
  }

  /** @throws ModelLoadError naming the file that is missing or damaged. */
  static async open(folder: string): Promise<OpenedMaterial> {
    const stored = await readMaterial(folder)
    const masks = await open(stored.masks).catch((error: unknown) => {
      throw new ModelLoadError(`${stored.masks} cannot be read: ${messageOf(error)}`, { cause: error })
    })
    return new OpenedMaterial(stored, masks)
  }

  /** The frames, for one who goes through them. */
  reader(): FrameReader {
    return this.#still ?? this.#newReader()
  }

  boxOf(index: number): Box {
    const [left, top, right, bottom] = this.#stored.manifest.boxes[index]!
    return { left, top, right, bottom }
  }

  maskPlaceOf(index: number): MaskPlace {
    const [left, top, width, height] = this.#stored.manifest.masks[index]!
    return { left, top, width, height }
  }

  /**
   * Reads a frame's mask.
   *
   * @param out Receives it; has room for {@link largestBox} values.
   */
  async readMask(index: number, out: Uint8Array): Promise<void> {
    const offset = this.#offsets[index]!
    const length = this.#offsets[index + 1]! - offset
    if (length === 0) return
    const { bytesRead } = await this.#masks.read(out, 0, length, offset)
    if (bytesRead === length) return
    throw new ModelLoadError(`${this.#stored.masks} ends before the mask of frame ${index}.`)
  }

  close(): Promise<void> {
    return this.#masks.close()
  }

  #newReader(): FrameReader {
    const { frames: files } = this.#stored
    return new FrameReader({ files, width: this.width, height: this.height })
  }
}
