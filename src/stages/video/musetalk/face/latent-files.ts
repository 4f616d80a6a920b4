import { open, type FileHandle } from 'node:fs/promises'
import { MediaError, messageOf } from '../../../../errors.js'
import { LATENT_VALUES } from '../contract.js'

/** Bytes of what is kept for one frame, in half precision. */
const FRAME_BYTES = LATENT_VALUES * Uint16Array.BYTES_PER_ELEMENT

/**
 * Reads frames out of files of latents: half precision, little-endian, one frame after the other. The files that were
 * read last stay open. One read at a time.
 */
export class LatentFiles {
  readonly #most: number
  /** In the order of their last use. */
  readonly #open = new Map<string, FileHandle>()

  /** @param most files that stay open, at least 1 */
  constructor(most: number) {
    this.#most = most
  }

  /** How many files are open. */
  get size(): number {
    return this.#open.size
  }

  /**
   * Reads the bits of one frame.
   *
   * @param halves receives {@link LATENT_VALUES} values
   * @throws MediaError when the file is not there or has no such frame; it is opened anew then when it is next asked for
   */
  async read(path: string, index: number, halves: Uint16Array): Promise<void> {
    const file = await this.#file(path)
    try {
      const position = index * FRAME_BYTES
      const { bytesRead } = await file.read(halves, 0, FRAME_BYTES, position)
      if (bytesRead === FRAME_BYTES) return
      throw new MediaError(`${path} has no frame ${index}: it ends ${FRAME_BYTES - bytesRead} bytes before.`)
    } catch (error) {
      this.#open.delete(path)
      await file.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const files = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(files.map((file) => file.close()))
  }

  async #file(path: string): Promise<FileHandle> {
    const known = this.#open.get(path)
    this.#open.delete(path)
    const file = known ?? (await opened(path))
    this.#open.set(path, file)
    const [oldest] = this.#open
    if (oldest !== undefined && this.#open.size > this.#most) {
      this.#open.delete(oldest[0])
      await oldest[1].close()
    }
    return file
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    throw new MediaError(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
