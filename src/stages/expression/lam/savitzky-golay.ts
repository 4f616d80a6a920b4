import { clamp } from '../../../dsp/smooth.js'
import { BLENDSHAPE_COUNT } from '../../../pipeline/blendshapes.js'
import type { Rows } from './rows.js'

/** A parabola fitted to five points, at its middle (Savitzky and Golay, 1964): these over 35. */
const KERNEL = [-3, 12, 17, 12, -3]
const NORM = 35
/** Rows on each side that a smoothed row is made of. */
export const SMOOTHING_REACH = 2

/**
 * Smooths row `index`: along time, over five rows, held within [0, 1]. Beyond the ends the rows are mirrored about the
 * first and the last, as SciPy's `savgol_filter(…, 5, 2, mode='mirror')` does.
 *
 * @param smoothed 52 values, overwritten; none of `rows`
 */
export function smoothRow(rows: Rows, index: number, smoothed: Float32Array): void {
  const [a, b, c, d, e] = KERNEL.map((_, tap) => rows[mirrored(index + tap - SMOOTHING_REACH, rows.length)]!)
  for (let i = 0; i < BLENDSHAPE_COUNT; i++) {
    const sum = KERNEL[0]! * (a![i]! + e![i]!) + KERNEL[1]! * (b![i]! + d![i]!) + KERNEL[2]! * c![i]!
    smoothed[i] = clamp(sum / NORM, 0, 1)
  }
}

/** All rows, smoothed, in memory of their own. */
export function smoothed(rows: Rows): Float32Array[] {
  return rows.map((_, index) => {
    const row = new Float32Array(BLENDSHAPE_COUNT)
    smoothRow(rows, index, row)
    return row
  })
}

/** A place within `length` rows for one up to two rows beyond them; however few they are. */
function mirrored(index: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const place = (index + period) % period
  return place < length ? place : period - place
}
