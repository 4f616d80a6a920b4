/**
 * Curves at one rate to frames at another: each frame is the mean of the curve over the time it is shown, so that
 * nothing shorter than a frame flickers and the middle of the frame is in time with the sound.
 *
 * The few rows that a frame spans are kept in fixed memory; `next` writes a frame as soon as they are all there.
 */
export class CurveFrames {
  readonly #rate: number
  readonly #fps: number
  readonly #channels: number
  readonly #capacity: number
  readonly #rows: Float32Array
  #written = 0
  #frame = 0

  /**
   * @param rate rows a second
   * @param fps frames a second
   * @param channels values in a row
   */
  constructor(rate: number, fps: number, channels: number) {
    this.#rate = rate
    this.#fps = fps
    this.#channels = channels
    this.#capacity = Math.ceil(rate / fps) + 2
    this.#rows = new Float32Array(this.#capacity * channels)
  }

  /** Rows taken so far. */
  get rows(): number {
    return this.#written
  }

  /** How many rows must have been taken before the next frame can be made. */
  get wanted(): number {
    return Math.ceil(this.#end(this.#frame) - ROUNDING)
  }

  /** Takes the next row; call `next` for every frame that is ready before taking more. */
  push(row: Float32Array): void {
    this.#rows.set(row, (this.#written % this.#capacity) * this.#channels)
    this.#written += 1
  }

  /** Writes the next frame; false when its rows are not all there yet. */
  next(frame: Float32Array): boolean {
    if (this.#written < this.wanted) return false
    const start = this.#end(this.#frame - 1)
    const end = this.#end(this.#frame)
    frame.fill(0)
    for (let row = Math.floor(start + ROUNDING); row < end - ROUNDING; row++) {
      const share = (Math.min(end, row + 1) - Math.max(start, row)) / (end - start)
      const at = (row % this.#capacity) * this.#channels
      for (let c = 0; c < this.#channels; c++) frame[c]! += share * this.#rows[at + c]!
    }
    this.#frame += 1
    return true
  }

  /** End of a frame, in rows. */
  #end(frame: number): number {
    return ((frame + 1) * this.#rate) / this.#fps
  }
}

/** Positions are quotients of small integers; what differs by less than this is the same position. */
const ROUNDING = 1e-6
