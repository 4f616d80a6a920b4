/** Where a pixel of a resized row or column lies in the source, as OpenCV's `resize` places it. */
export interface SamplePoint {
  /** The source pixel at or before it; −1 when it lies before the first centre. */
  readonly index: number
  /** How far it lies past that pixel's centre, 0 ≤ fraction < 1, in single precision. */
  readonly fraction: number
}

/** Weights are kept in 1/2048 (`INTER_RESIZE_COEF_BITS` is 11). */
export const WEIGHT_ONE = 2048

/**
 * Centres of the `targetSize` pixels of a row in the `sourceSize` pixels that it is made of: (d + ½)·scale − ½,
 * rounded to single precision before it is split, as OpenCV does.
 */
export function samplePoints(sourceSize: number, targetSize: number): readonly SamplePoint[] {
  const scale = 1 / (targetSize / sourceSize)
  return Array.from({ length: targetSize }, (_, d) => {
    const at = Math.fround((d + 0.5) * scale - 0.5)
    const index = Math.floor(at)
    return { index, fraction: Math.fround(at - index) }
  })
}
