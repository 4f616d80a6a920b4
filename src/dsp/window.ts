/**
 * The periodic Hann window: 0.5 − 0.5 cos(2πn / length). Periodic, not symmetric, as spectral analysis wants it;
 * numpy's `hanning` is the symmetric one.
 *
 * @param length number of samples, at least 1
 */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length))
}
