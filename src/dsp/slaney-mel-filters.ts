import { triangleFilter, type MelFilter, type MelFilterOptions } from './mel-filters.js'

/** The scale is linear below 1 kHz, which is 15 mel, and grows by a factor of 6.4 in 27 mel above. */
const HZ_PER_MEL = 200 / 3
const BREAK_HZ = 1000
const BREAK_MEL = BREAK_HZ / HZ_PER_MEL
const LOG_STEP = Math.log(6.4) / 27

/**
 * Triangular filters of equal area, 2 / width in Hz high, with corners evenly spaced on the scale of Slaney's Auditory
 * Toolbox (Interval Research, technical report 1998-010): what librosa makes by default and Whisper is trained on.
 */
export function slaneyMelFilters(options: MelFilterOptions): readonly MelFilter[] {
  const { bands, fftSize, sampleRate, lowHz, highHz } = options
  const low = melOfHz(lowHz)
  const step = (melOfHz(highHz) - low) / (bands + 1)
  const corner = (i: number): number => hzOfMel(low + i * step)
  return Array.from({ length: bands }, (_, band) => {
    const [foot, end] = [corner(band), corner(band + 2)]
    const filter = triangleFilter(foot, corner(band + 1), end, sampleRate / fftSize, fftSize / 2)
    return { ...filter, weights: filter.weights.map((weight) => (weight * 2) / (end - foot)) }
  })
}

function melOfHz(hz: number): number {
  return hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP
}

function hzOfMel(mel: number): number {
  return mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL))
}
