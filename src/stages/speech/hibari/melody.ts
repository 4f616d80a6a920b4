import type { Prosody } from '../prosody.js'
import { LOWEST_PITCH } from './spectra.js'

/**
 * A pitch track with another height and liveliness: each voiced value's distance from their median, in octaves, is
 * multiplied by `range`, and all move by `pitch` semitones.
 *
 * @param f0 Hz, below {@link LOWEST_PITCH} where unvoiced
 * @returns the new track, unvoiced where it was; undefined when nothing is to change
 */
export function shapedMelody(
  f0: Float32Array,
  { pitch, range }: Pick<Prosody, 'pitch' | 'range'>,
): Float32Array | undefined {
  if (pitch === 0 && range === 1) return undefined
  const voiced = f0.filter((value) => value >= LOWEST_PITCH).sort()
  const median = voiced[voiced.length >> 1]
  if (median === undefined) return undefined
  const height = median * 2 ** (pitch / 12)
  return f0.map((value) =>
    value < LOWEST_PITCH ? value : Math.max(LOWEST_PITCH, height * (value / median) ** range),
  )
}
