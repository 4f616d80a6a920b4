/**
 * How far before a frame's beginning a moment still counts as in it, in frames: moments are rounded to microseconds.
 */
const ROUNDING = 1e-3

/**
 * The frame shown at a moment of the forward-and-back loop: 0 … n−1, n−1 … 0, 0 … The loop has no end and no jump,
 * because each end is followed by itself.
 *
 * @param seconds Position on the time line, 0 or more.
 * @param fps Frames a second of the footage.
 * @param count Number of frames of the footage, at least 1.
 * @returns Index of the frame, 0 … count−1.
 */
export function loopFrame(seconds: number, fps: number, count: number): number {
  return nthOfLoop(Math.floor(Math.max(0, seconds) * fps + ROUNDING), count)
}

/**
 * The frame at a place of the same loop.
 *
 * @param n Whole number from 0.
 * @param count Number of frames of the footage, at least 1.
 * @returns Index of the frame, 0 … count−1.
 */
export function nthOfLoop(n: number, count: number): number {
  const place = n % (2 * count)
  return place < count ? place : 2 * count - 1 - place
}
