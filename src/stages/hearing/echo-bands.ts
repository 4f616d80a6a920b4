import { melFilters, type MelFilter } from '../../dsp/mel-filters.js'
import { HEARING_SAMPLE_RATE } from './rates.js'

/** Samples of a frame's window, and between frames. */
export const FRAME_SAMPLES = 512
export const FRAME_HOP = 256
/** Bins of a frame. */
const BINS = FRAME_SAMPLES / 2 + 1

/** Bands in which echo and voice are compared: about as wide as the ear's. */
export const BANDS = 24
const LOW_HZ = 90
const HIGH_HZ = 7_600

/** The power of a frame by bands, and the way back: gains of bands to gains of bins. */
export class EchoBands {
  readonly #filters: readonly MelFilter[] = melFilters({
    bands: BANDS,
    fftSize: FRAME_SAMPLES,
    sampleRate: HEARING_SAMPLE_RATE,
    lowHz: LOW_HZ,
    highHz: HIGH_HZ,
  })
  readonly #binGains = new Float64Array(BINS)
  readonly #firstMiddle = middleOf(this.#filters[0]!)
  readonly #lastMiddle = middleOf(this.#filters[BANDS - 1]!)

  /** Sums the power |X|² of bins into `bands`. */
  sum(power: Float64Array, bands: Float64Array): void {
    this.#filters.forEach(({ firstBin, weights }, band) => {
      let sum = 0
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * power[firstBin + i]!
      bands[band] = sum
    })
  }

  /** Gains of all bins, linear between the middles of the bands; a view that the next call overwrites. */
  spread(gains: Float64Array): Float64Array {
    const bins = this.#binGains.fill(0)
    this.#filters.forEach(({ firstBin, weights }, band) => {
      for (let i = 0; i < weights.length; i++) bins[firstBin + i]! += weights[i]! * gains[band]!
    })
    // Outside of the first and the last middle the triangles do not add up to 1.
    bins.fill(gains[0]!, 0, this.#firstMiddle)
    bins.fill(gains[BANDS - 1]!, this.#lastMiddle)
    return bins
  }
}

function middleOf({ firstBin, weights }: MelFilter): number {
  return firstBin + weights.indexOf(Math.max(...weights))
}
