import { smoothstep } from '../../../dsp/spline.js'
import type { FrameMoment, FramePainter } from './painter.js'

/** Where a portrait's square lies in a larger picture that does not move, in pixels of that picture. */
export interface SquarePlace {
  /** The square's upper left corner; it may lie outside, and then only a part of the square is seen. */
  readonly left: number
  readonly top: number
}

/** A larger picture that does not move. */
export interface Backdrop extends SquarePlace {
  readonly width: number
  readonly height: number
  /** `width * height` RGB pixels, three bytes each. */
  readonly rgb: Uint8Array
}

/**
 * Share of the square in which it fades into the picture around it. What the square shows at its edges is at rest or
 * nearly so: a chest that breathes moves there by a pixel, and that must not end at a line.
 */
const FADE = 0.06

/** Draws the square of a portrait where it belongs in the picture that it was cut from. */
export class BackdropPainter implements FramePainter {
  readonly width: number
  readonly height: number
  readonly #square: FramePainter
  readonly #backdrop: Backdrop
  readonly #pixels: Uint8Array
  /** How much of the square shows in each of its columns and rows, 0–1. */
  readonly #across: Float32Array
  readonly #down: Float32Array

  /** @param square Draws the square at the size that it has in the backdrop. */
  constructor(square: FramePainter, backdrop: Backdrop) {
    this.width = backdrop.width
    this.height = backdrop.height
    this.#square = square
    this.#backdrop = backdrop
    this.#pixels = new Uint8Array(square.width * square.height * 3)
    this.#across = presence(square.width, backdrop.left, backdrop.width)
    this.#down = presence(square.height, backdrop.top, backdrop.height)
  }

  async paint(moment: FrameMoment, out: Uint8Array): Promise<void> {
    await this.#square.paint(moment, this.#pixels)
    const { rgb, left, top, width, height } = this.#backdrop
    const square = this.#square
    out.set(rgb)
    const first = Math.max(0, -left)
    const last = Math.min(square.width, width - left)
    for (let y = Math.max(0, -top); y < Math.min(square.height, height - top); y++) {
      this.#paintRow(out, y, ((y + top) * width + left) * 3, first, last)
    }
  }

  /**
   * @param row row of the square
   * @param target byte of `out` where the row's column 0 belongs
   * @param first,last columns that lie within the picture, the last one excluded
   */
  #paintRow(out: Uint8Array, row: number, target: number, first: number, last: number): void {
    const pixels = this.#pixels
    const source = row * this.#square.width * 3
    const down = this.#down[row]!
    for (let column = first; column < last; column++) {
      const shown = down * this.#across[column]!
      const from = source + column * 3
      const to = target + column * 3
      for (let channel = 0; channel < 3; channel++) {
        const over = pixels[from + channel]!
        const under = out[to + channel]!
        out[to + channel] = shown === 1 ? over : under + (over - under) * shown + 0.5
      }
    }
  }
}

/** A side of the square that lies within the picture fades; one on the picture's edge or beyond it does not. */
function presence(side: number, start: number, length: number): Float32Array {
  const fade = FADE * side
  return Float32Array.from({ length: side }, (_, i) => {
    const fromStart = start > 0 ? smoothstep(0, fade, i + 0.5) : 1
    const fromEnd = start + side < length ? smoothstep(0, fade, side - i - 0.5) : 1
    return Math.min(fromStart, fromEnd)
  })
}
