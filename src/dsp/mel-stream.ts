import { RealFft } from './fft.js'
import { melFilters, type MelFilter, type MelFilterOptions } from './mel-filters.js'
import { hannWindow } from './window.js'

export interface LogMelOptions extends MelFilterOptions {
  /** Samples under the Hann window, at most `fftSize`. */
  readonly window: number
  /** Samples between frames, at most `window`. */
  readonly hop: number
  /** Added to a band's power before the natural logarithm. */
  readonly floor: number
}

/**
 * Samples of a stream to log-mel frames, causally: frame k is made of the `window` samples that end with hop k,
 * x[hop·(k + 1) − window … hop·(k + 1)), with zeros before the start, so that it leaves as soon as hop k is
 * complete. Band values are ln(power + floor) of unscaled |X|². The frames do not depend on how the samples were cut.
 */
export class LogMelStream {
  readonly bands: number
  readonly #options: LogMelOptions
  readonly #filters: readonly MelFilter[]
  readonly #fft: RealFft
  readonly #hann: Float64Array
  readonly #recent: Float32Array
  readonly #windowed: Float64Array
  readonly #power: Float64Array
  #filled: number

  /** @throws RangeError when hop, window and fftSize do not fit into each other, or the corners do not */
  constructor(options: LogMelOptions) {
    const { window, hop, fftSize, bands } = options
    if (!(hop >= 1 && hop <= window && window <= fftSize)) {
      throw new RangeError(`Expected 1 ≤ hop ≤ window ≤ fftSize, got ${hop}, ${window}, ${fftSize}`)
    }
    this.bands = bands
    this.#options = options
    this.#filters = melFilters(options)
    this.#fft = new RealFft(fftSize)
    this.#hann = hannWindow(window)
    this.#recent = new Float32Array(window)
    this.#windowed = new Float64Array(window)
    this.#power = new Float64Array(this.#fft.bins)
    this.#filled = window - hop
  }

  /**
   * Takes the next samples and returns the frames they complete, row by row: [frames, bands].
   *
   * @param samples any number, in [-1, 1]
   */
  process(samples: Float32Array): Float32Array {
    const { window, hop } = this.#options
    const frames = Math.floor((this.#filled - (window - hop) + samples.length) / hop)
    const output = new Float32Array(frames * this.bands)
    let read = 0
    for (let frame = 0; frame < frames; frame++) {
      const wanted = window - this.#filled
      this.#recent.set(samples.subarray(read, read + wanted), this.#filled)
      read += wanted
      this.#analyse(output, frame * this.bands)
      this.#recent.copyWithin(0, hop)
      this.#filled = window - hop
    }
    this.#recent.set(samples.subarray(read), this.#filled)
    this.#filled += samples.length - read
    return output
  }

  #analyse(output: Float32Array, at: number): void {
    for (let n = 0; n < this.#windowed.length; n++) this.#windowed[n] = this.#recent[n]! * this.#hann[n]!
    this.#fft.powerSpectrum(this.#windowed, this.#power)
    for (let band = 0; band < this.bands; band++) {
      const { firstBin, weights } = this.#filters[band]!
      let sum = this.#options.floor
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * this.#power[firstBin + i]!
      output[at + band] = Math.log(sum)
    }
  }
}
