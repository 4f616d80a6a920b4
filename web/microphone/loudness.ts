/** Decibels below full scale that show as nothing. */
const QUIET = 60

/** How loud sound is, from 0 (quiet) to 1 (full scale), evenly to the ear. */
export function loudnessOf(samples: Float32Array): number {
  if (samples.length === 0) return 0
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const decibels = 10 * Math.log10(sum / samples.length + 1e-12)
  return Math.min(1, Math.max(0, 1 + decibels / QUIET))
}
