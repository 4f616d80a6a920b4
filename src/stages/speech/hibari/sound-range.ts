import { BINS, HIGHEST_HARMONIC, HOP, LOWEST_PITCH, WINDOW, type Spectra } from './spectra.js'

/** Frames of an utterance in which something is heard: from the first to before the last. */
export interface SoundRange {
  readonly from: number
  readonly to: number
}

/** Root mean square of what counts as heard, with the voice's own gain: 45 dB below its speech. */
const HEARD = 0.0006
/** Frames of silence that stay before the sound, 37.5 ms, and after it. */
const BEFORE = 3
const AFTER = 3
/** Every so many bins are looked at. */
const STEP = 4

/** Σ of the squared window, by which a frame's energy is divided to get that of a sample. */
const WINDOW_ENERGY = (WINDOW * 3) / 8

/**
 * Where an utterance sounds. The model speaks a third of a second of silence before its first phoneme, and some after
 * the last: neither need be made.
 */
export function soundRange(spectra: Spectra): SoundRange {
  const { frames } = spectra
  let first = 0
  while (first < frames && levelOf(spectra, first) < HEARD) first++
  if (first === frames) return { from: 0, to: 0 }
  let last = frames - 1
  while (levelOf(spectra, last) < HEARD) last--
  return { from: Math.max(0, first - BEFORE), to: Math.min(frames, last + 1 + AFTER) }
}

/** Root mean square of the sound that a frame stands for, expected from its spectral parts. */
function levelOf({ frames, lh, ln, lr, f0 }: Spectra, frame: number): number {
  const pitch = f0[frame]!
  // |E|² of pulses whose harmonics all have amplitude 1, as a mean over the bins.
  const pulses = pitch >= LOWEST_PITCH ? ((HIGHEST_HARMONIC / pitch / 2) * WINDOW_ENERGY) / (HOP * HOP) : 0
  let power = 0
  for (let k = 0; k < BINS; k += STEP) {
    const i = k * frames + frame
    power += Math.exp(2 * lr[i]!) + 2 * Math.exp(2 * ln[i]!) + pulses * Math.exp(2 * lh[i]!)
  }
  return Math.sqrt(((power / BINS) * STEP) / WINDOW_ENERGY)
}
