/**
 * What the rates of devices, and of what takes their sound, are multiples of: between odd ones, filters would grow long.
 */
const STEP = 25

/** The usual rate that is nearest to one of a client: within 0.08 % from 16 kHz on, which nobody hears. */
export function usualRate(sampleRate: number): number {
  return Math.max(STEP, Math.round(sampleRate / STEP) * STEP)
}
