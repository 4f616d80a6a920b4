export interface MelFilterOptions {
  /** Number of triangles. */
  readonly bands: number
  /** Length of the Fourier transform; the filters read its `fftSize / 2 + 1` power bins. */
  readonly fftSize: number
  /** Hz. */
  readonly sampleRate: number
  /** Foot of the first triangle in Hz. */
  readonly lowHz: number
  /** Foot of the last triangle in Hz, at most half the sample rate. */
  readonly highHz: number
}

/** One triangle, as the run of power bins on which it is not zero. */
export interface MelFilter {
  readonly firstBin: number
  readonly weights: Float64Array
}

/**
 * Triangular filters of peak 1, linear in Hz between corners that are evenly spaced on the scale
 * mel = 2595 log₁₀(1 + f / 700) (O'Shaughnessy, "Speech Communication", 1987; the scale of HTK).
 *
 * @throws RangeError when the corners do not lie within 0 … sampleRate / 2 in rising order
 */
export function melFilters(options: MelFilterOptions): readonly MelFilter[] {
  const { bands, fftSize, sampleRate, lowHz, highHz } = options
  if (!(lowHz >= 0 && lowHz < highHz && highHz <= sampleRate / 2)) {
    throw new RangeError(
      `Expected 0 ≤ lowHz < highHz ≤ ${sampleRate / 2}, got lowHz ${lowHz} and highHz ${highHz}`,
    )
  }
  const low = melOfHz(lowHz)
  const step = (melOfHz(highHz) - low) / (bands + 1)
  const corner = (i: number): number => hzOfMel(low + i * step)
  const binHz = sampleRate / fftSize
  return Array.from({ length: bands }, (_, band) =>
    triangleFilter(corner(band), corner(band + 1), corner(band + 2), binHz, fftSize / 2),
  )
}

/**
 * One triangle of peak 1.
 *
 * @param foot where it rises from 0, in Hz, as are `peak`, `end` and the distance of the bins
 * @param lastBin index of the bin at half the sample rate
 */
export function triangleFilter(
  foot: number,
  peak: number,
  end: number,
  binHz: number,
  lastBin: number,
): MelFilter {
  const firstBin = Math.ceil(foot / binHz)
  const pastBin = Math.min(Math.floor(end / binHz), lastBin) + 1
  const weights = Float64Array.from({ length: Math.max(0, pastBin - firstBin) }, (_, i) => {
    const hz = (firstBin + i) * binHz
    return Math.max(0, Math.min((hz - foot) / (peak - foot), (end - hz) / (end - peak)))
  })
  return { firstBin, weights }
}

function melOfHz(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700)
}

function hzOfMel(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1)
}
