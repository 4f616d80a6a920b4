/**
 * Windowed frames to a signal, as the inverse of a centred short-time Fourier transform has it: each frame is weighted
 * by the window again, added where it belongs, and the sum divided by the sum of the squared windows.
 *
 * Frame t lies around sample t · hop. When frame t has been added, everything up to (t + 1) · hop − size / 2 is
 * complete. The first frames and the last overlap with fewer others, and are divided by less.
 */
export class OverlapAdd {
  readonly #window: Float64Array
  readonly #hop: number
  /** The signal under the window of the frame added last, and the weights it has collected. */
  readonly #sum: Float64Array
  readonly #weight: Float64Array
  /** Samples of the first frame that lie before the signal, still to be left out. */
  #early: number

  /**
   * @param window both of analysis and synthesis
   * @param hop samples between frames; half the window is a multiple of it
   */
  constructor(window: Float64Array, hop: number) {
    this.#window = window
    this.#hop = hop
    this.#sum = new Float64Array(window.length)
    this.#weight = new Float64Array(window.length)
    this.#early = window.length / 2
  }

  /**
   * Adds the next frame and writes what it completes to `output` from `at` on.
   * @param frame the unweighted frame, as long as the window
   * @returns samples written: a hop, or none while the signal has not begun
   */
  add(frame: Float64Array, output: Float32Array, at: number): number {
    const [sum, weight, window] = [this.#sum, this.#weight, this.#window]
    for (let n = 0; n < window.length; n++) {
      sum[n]! += frame[n]! * window[n]!
      weight[n]! += window[n]! * window[n]!
    }
    return this.#take(output, at)
  }

  /** After the last frame: writes the next hop of what is left, as `add` does. */
  rest(output: Float32Array, at: number): number {
    return this.#take(output, at)
  }

  #take(output: Float32Array, at: number): number {
    const [sum, weight, hop] = [this.#sum, this.#weight, this.#hop]
    const isEarly = this.#early > 0
    if (isEarly) this.#early -= hop
    else for (let n = 0; n < hop; n++) output[at + n] = weight[n]! > 0 ? sum[n]! / weight[n]! : 0
    for (const part of [sum, weight]) {
      part.copyWithin(0, hop)
      part.fill(0, part.length - hop)
    }
    return isEarly ? 0 : hop
  }
}
