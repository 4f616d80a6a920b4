import type { ComplexNoise } from '../../../dsp/complex-noise.js'
import { BINS, type NoiseSource } from './spectra.js'

/** The noise of a turn: it runs on from utterance to utterance. */
export function noiseOf(noise: ComplexNoise): NoiseSource {
  return { take: (output, _frame, count) => noise.fill(output, BINS * count) }
}
