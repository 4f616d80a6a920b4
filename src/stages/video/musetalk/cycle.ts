/**
 * The frame of a material that the n-th frame of video is laid over: forwards and backwards without end, each end shown
 * twice, as in the published loop 0 … N−1, N−1 … 0.
 *
 * @param n Whole number from 0.
 * @param count Frames of the material, at least 1.
 * @returns 0 … count − 1
 */
export function cycleFrame(n: number, count: number): number {
  const place = n % (2 * count)
  return place < count ? place : 2 * count - 1 - place
}
