import sharp from 'sharp'
import { ModelLoadError, PhizError } from '../../../../errors.js'
import type { FootageFrames } from './footage.js'

interface Reading {
  readonly index: number
  readonly rgb: Promise<Uint8Array>
}

/**
 * Decodes frames from JPEG files, on libuv's threads. Holds two of them: the one asked for last, and the one that was
 * begun ahead. The files themselves are left to the operating system's cache.
 */
export class FrameReader {
  readonly #frames: FootageFrames
  #present: Reading | undefined
  #ahead: Reading | undefined

  constructor(frames: FootageFrames) {
    this.#frames = frames
  }

  /**
   * @returns `width * height` RGB pixels; not to be changed.
   * @throws ModelLoadError when the file is missing, damaged or of another size.
   */
  read(index: number): Promise<Uint8Array> {
    if (this.#present?.index !== index) {
      this.#present = this.#ahead?.index === index ? this.#ahead : this.#begin(index)
      this.#ahead = undefined
    }
    return this.#present.rgb
  }

  /** Begins to decode a frame that will probably be asked for next. */
  prepare(index: number): void {
    if (index === this.#present?.index || index === this.#ahead?.index) return
    this.#ahead = this.#begin(index)
  }

  #begin(index: number): Reading {
    const rgb = this.#decode(this.#frames.files[index]!)
    // Whoever asks for this frame gets the failure; a frame that nobody asks for fails nobody, and none is kept.
    rgb.catch(() => {
      if (this.#present?.rgb === rgb) this.#present = undefined
      if (this.#ahead?.rgb === rgb) this.#ahead = undefined
    })
    return { index, rgb }
  }

  async #decode(file: string): Promise<Uint8Array> {
    const { width, height } = this.#frames
    try {
      const { data, info } = await sharp(file, { limitInputPixels: width * height })
        .toColourspace('srgb')
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      if (info.width === width && info.height === height && info.channels === 3) return data
      throw new ModelLoadError(
        `${file} has ${info.width}x${info.height} pixels instead of ${width}x${height}; create the avatar again.`,
      )
    } catch (error) {
      if (PhizError.isInstance(error)) throw error
      throw new ModelLoadError(`${file} is missing or damaged; create the avatar again.`, { cause: error })
    }
  }
}
