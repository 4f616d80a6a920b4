/**
 * One value of a noisy series, smoothed in time without lag: a straight line is fitted to the neighbours on both sides,
 * each weighted by its nearness in time (a Gaussian) and to the value's own course (Tukey's biweight, as in a bilateral
 * filter), and read at the moment itself. The course is the value and its slope over the next neighbours. Where the
 * series rests or moves steadily, many neighbours agree and the noise averages out; where it turns or jumps, they differ,
 * drop out, and the value stays what it is.
 *
 * The series may be of vectors: the same weights then hold for all their numbers.
 */

/** Time constant of the Gaussian, in seconds. */
const TIME_CONSTANT = 0.1
/** Neighbours beyond this many time constants are left out. */
const REACH = 2.5
/** Neighbours on each side that say what the slope is. */
const SLOPE_REACH = 3
/** Keeps the fit defined where no neighbour agrees; small against the squared distance of one neighbour. */
const RIDGE = 0.1

/** Weights by distance in time, for 0, 1, 2 … frames. */
export function timeWeights(fps: number): Float64Array {
  const weights = new Float64Array(Math.floor(TIME_CONSTANT * REACH * fps) + 1)
  for (let k = 0; k < weights.length; k++) weights[k] = Math.exp(-((k / fps / TIME_CONSTANT) ** 2) / 2)
  return weights
}

/**
 * Smooths numbers `start … start + length − 1` of entry `at` of a series into `out`, from `start` on.
 *
 * @param weights From {@link timeWeights}.
 * @param limit Neighbours that are this far off the course (Euclidean distance of those numbers) have no say.
 * @param scratch At least three times `length` numbers.
 */
export function smoothValues(
  series: readonly (Float32Array | Float64Array)[],
  at: number,
  start: number,
  length: number,
  weights: Float64Array,
  limit: number,
  scratch: Float64Array,
  out: Float32Array | Float64Array,
): void {
  const here = series[at]!
  const first = Math.max(0, at - weights.length + 1)
  const last = Math.min(series.length - 1, at + weights.length - 1)
  const slope = 2 * length
  writeSlope(series, at, start, length, scratch, slope)
  const tolerance = 1 / (limit * limit)
  scratch.fill(0, 0, 2 * length)
  let s0 = 0
  let s1 = 0
  let s2 = RIDGE
  for (let t = first; t <= last; t++) {
    const there = series[t]!
    const step = t - at
    let squared = 0
    for (let i = 0; i < length; i++) {
      squared += (there[start + i]! - here[start + i]! - step * scratch[slope + i]!) ** 2
    }
    const off = squared * tolerance
    if (off >= 1) continue
    const weight = weights[Math.abs(step)]! * (1 - off) * (1 - off)
    s0 += weight
    s1 += weight * step
    s2 += weight * step * step
    for (let i = 0; i < length; i++) {
      // Sums of differences, so that large coordinates cost no precision.
      const difference = weight * (there[start + i]! - here[start + i]! - step * scratch[slope + i]!)
      scratch[2 * i]! += difference
      scratch[2 * i + 1]! += difference * step
    }
  }
  const determinant = s0 * s2 - s1 * s1
  for (let i = 0; i < length; i++) {
    out[start + i] = here[start + i]! + (s2 * scratch[2 * i]! - s1 * scratch[2 * i + 1]!) / determinant
  }
}

/** Writes the change a frame around entry `at`: of the lines through its value, the nearest to its neighbours. */
function writeSlope(
  series: readonly (Float32Array | Float64Array)[],
  at: number,
  start: number,
  length: number,
  out: Float64Array,
  offset: number,
): void {
  const here = series[at]!
  const first = Math.max(0, at - SLOPE_REACH)
  const last = Math.min(series.length - 1, at + SLOPE_REACH)
  out.fill(0, offset, offset + length)
  let squares = RIDGE
  for (let t = first; t <= last; t++) {
    const step = t - at
    squares += step * step
    for (let i = 0; i < length; i++) {
      out[offset + i]! += step * (series[t]![start + i]! - here[start + i]!)
    }
  }
  for (let i = offset; i < offset + length; i++) out[i]! /= squares
}

/**
 * The noise of a series: the middle length of its second differences, in which steady motion is not seen, over √6, the
 * factor by which they enlarge white noise.
 *
 * @param start First of the numbers looked at. @param length How many.
 * @returns Standard deviation of the vector's length; 0 for fewer than three entries.
 */
export function noiseOf(
  series: readonly (Float32Array | Float64Array)[],
  start: number,
  length: number,
): number {
  const bends: number[] = []
  for (let t = 1; t < series.length - 1; t++) {
    let squared = 0
    for (let i = start; i < start + length; i++) {
      squared += (series[t - 1]![i]! - 2 * series[t]![i]! + series[t + 1]![i]!) ** 2
    }
    bends.push(Math.sqrt(squared / 6))
  }
  return bends.sort((a, b) => a - b)[bends.length >> 1] ?? 0
}
