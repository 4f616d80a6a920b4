import type { Picture } from '../../../../dsp/raster.js'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Pixels around the bounds that a bilinear read may touch. */
const MARGIN = 2

/**
 * The part of a frame that is drawn anew: once as texture and once as canvas. It may reach over the frame's edges,
 * whose pixels are repeated there. Buffers grow to the largest part asked for and are then kept.
 */
export class RegionOfInterest {
  readonly texture: Mutable<Picture> = { pixels: new Uint32Array(0), width: 0, height: 0 }
  readonly canvas: Mutable<Picture> = { pixels: new Uint32Array(0), width: 0, height: 0 }
  /** The corner of the part in the frame. */
  left = 0
  top = 0
  readonly #width: number
  readonly #height: number

  /**
   * @param width Width of the frames in pixels.
   * @param height Height of the frames in pixels.
   */
  constructor(width: number, height: number) {
    this.#width = width
    this.#height = height
  }

  /** The most that a part can be wide, in pixels. */
  get widest(): number {
    return this.#width + 2 * this.#reach(this.#width)
  }

  /** The most that a part can be high, in pixels. */
  get highest(): number {
    return this.#height + 2 * this.#reach(this.#height)
  }

  /**
   * Reads the part within `bounds` from a frame; texture and canvas hold the same afterwards. What lies further
   * outside of the frame than an edge can be repeated for is left out.
   *
   * @param rgb The frame, three bytes a pixel.
   */
  read(
    rgb: Uint8Array,
    bounds: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number },
  ): void {
    const reachX = this.#reach(this.#width)
    const reachY = this.#reach(this.#height)
    this.left = Math.max(-reachX, Math.floor(bounds.left) - MARGIN)
    this.top = Math.max(-reachY, Math.floor(bounds.top) - MARGIN)
    const right = Math.min(this.#width + reachX, Math.ceil(bounds.right) + MARGIN + 1)
    const bottom = Math.min(this.#height + reachY, Math.ceil(bounds.bottom) + MARGIN + 1)
    this.#resize(Math.max(0, right - this.left), Math.max(0, bottom - this.top))

    const { pixels, width, height } = this.texture
    for (let row = 0, o = 0; row < height; row++) {
      const start = clamp(this.top + row, this.#height - 1) * this.#width
      for (let column = 0; column < width; column++, o++) {
        const i = (start + clamp(this.left + column, this.#width - 1)) * 3
        pixels[o] = 0xff000000 | (rgb[i + 2]! << 16) | (rgb[i + 1]! << 8) | rgb[i]!
      }
    }
    this.canvas.pixels.set(pixels.subarray(0, width * height))
  }

  /** Writes the canvas to its place in a frame of RGB bytes. */
  write(out: Uint8Array): void {
    const { pixels, width, height } = this.canvas
    const firstColumn = Math.max(0, -this.left)
    const lastColumn = Math.min(width, this.#width - this.left)
    const lastRow = Math.min(height, this.#height - this.top)
    for (let row = Math.max(0, -this.top); row < lastRow; row++) {
      let o = ((this.top + row) * this.#width + this.left + firstColumn) * 3
      for (let i = row * width + firstColumn; i < row * width + lastColumn; i++, o += 3) {
        const pixel = pixels[i]!
        out[o] = pixel
        out[o + 1] = pixel >>> 8
        out[o + 2] = pixel >>> 16
      }
    }
  }

  /** How far beyond an edge its pixels are repeated. */
  #reach(length: number): number {
    return length >> 2
  }

  #resize(width: number, height: number): void {
    if (this.texture.pixels.length < width * height) {
      this.texture.pixels = new Uint32Array(width * height)
      this.canvas.pixels = new Uint32Array(width * height)
    }
    this.texture.width = this.canvas.width = width
    this.texture.height = this.canvas.height = height
  }
}

function clamp(value: number, high: number): number {
  return value < 0 ? 0 : value > high ? high : value
}
