export interface PitchTrackOptions {
  /** Hz. */
  readonly sampleRate: number
  /** Hz: the range in which pitch is looked for. */
  readonly lowest: number
  readonly highest: number
  /** Samples between the track's values. */
  readonly hop: number
}

/** A dip of the difference function below this is a period. */
const PERIODIC = 0.15

/**
 * The pitch of a voice by YIN (de Cheveigné and Kawahara, "YIN, a fundamental frequency estimator for speech and
 * music", JASA 111, 2002): the first dip of the cumulative mean normalised difference, refined by a parabola.
 *
 * The work grows with the square of the rate; 8 kHz is ample for speech.
 * @returns Hz a hop, 0 where there is no pitch; the last two periods of the lowest pitch have no value
 */
export function pitchTrack(
  samples: Float32Array,
  { sampleRate, lowest, highest, hop }: PitchTrackOptions,
): Float32Array {
  const longest = Math.ceil(sampleRate / lowest)
  const shortest = Math.max(2, Math.floor(sampleRate / highest))
  const window = longest
  const frames = Math.max(0, Math.floor((samples.length - window - longest - 1) / hop) + 1)
  const difference = new Float64Array(longest + 2)
  const track = new Float32Array(frames)
  for (let frame = 0; frame < frames; frame++) {
    normalisedDifference(samples, frame * hop, window, difference)
    const period = firstDip(difference, shortest, longest)
    track[frame] = period === undefined ? 0 : sampleRate / period
  }
  return track
}

function normalisedDifference(
  samples: Float32Array,
  start: number,
  window: number,
  output: Float64Array,
): void {
  output[0] = 1
  let sum = 0
  for (let lag = 1; lag < output.length; lag++) {
    let difference = 0
    for (let n = start; n < start + window; n++) difference += (samples[n]! - samples[n + lag]!) ** 2
    sum += difference
    output[lag] = sum > 0 ? (difference * lag) / sum : 1
  }
}

function firstDip(difference: Float64Array, shortest: number, longest: number): number | undefined {
  for (let lag = shortest; lag <= longest; lag++) {
    if (difference[lag]! >= PERIODIC) continue
    while (lag < longest && difference[lag + 1]! < difference[lag]!) lag++
    const [before, here, after] = [difference[lag - 1]!, difference[lag]!, difference[lag + 1]!]
    const bend = before - 2 * here + after
    return bend > 0 ? lag + (before - after) / (2 * bend) : lag
  }
  return undefined
}
