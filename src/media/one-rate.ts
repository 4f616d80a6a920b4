import { Resampler } from '../dsp/resample.js'
import { usualRate } from './usual-rate.js'

/** Brings sound of one rate after another to one rate. */
export class OneRate {
  readonly rate: number
  #resampler: Resampler | undefined

  /** @param rate Hz, a usual one: see {@link usualRate} */
  constructor(rate: number) {
    this.rate = rate
  }

  /**
   * The next sound. What a filter holds back of it comes with the sound after it, as long as the rate stays the same.
   * @returns samples that stay as they are until the next call
   */
  take(samples: Float32Array, sampleRate: number): Float32Array {
    const from = usualRate(sampleRate)
    if (from === usualRate(this.rate)) return samples
    if (this.#resampler?.from !== from) this.#resampler = new Resampler(from, this.rate)
    return this.#resampler.process(samples)
  }
}
