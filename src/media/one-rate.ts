import { Resampler } from '../dsp/resample.js'

/** Rates are taken to the nearest of these, in Hz: ratios between odd ones would need filters without end. */
const RATE_STEP = 100

/** Brings sound of one rate after another to one rate. */
export class OneRate {
  readonly rate: number
  #resampler: Resampler | undefined

  /** @param rate Hz, a multiple of 100 */
  constructor(rate: number) {
    this.rate = rate
  }

  /**
   * The next sound. What a filter holds back of it comes with the sound after it, as long as the rate stays the same.
   * @returns samples that stay as they are until the next call
   */
  take(samples: Float32Array, sampleRate: number): Float32Array {
    const from = Math.max(RATE_STEP, Math.round(sampleRate / RATE_STEP) * RATE_STEP)
    if (sampleRate === this.rate || from === this.rate) return samples
    if (this.#resampler?.from !== from) this.#resampler = new Resampler(from, this.rate)
    return this.#resampler.process(samples)
  }
}
