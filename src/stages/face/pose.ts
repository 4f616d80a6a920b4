import { fitSimilarity } from '../../dsp/mesh-similarity.js'

/** How a head is held against the viewer, in radians; the directions are those of a motion packet's `rotation`. */
export interface HeadPose {
  /** Positive looks down. */
  readonly pitch: number
  /** Positive turns to the face's own left, which is the right of the picture. */
  readonly yaw: number
  /** Positive tilts clockwise as seen. */
  readonly roll: number
}

/**
 * Landmarks that stand still on the skull whatever the face does: the middle of forehead and nose, corners of the
 * eyes, wings of the nose, rim of the forehead, temples and cheeks. Index, then x to the face's left, y up and z out
 * of the face in centimetres, as in MediaPipe's canonical face: models/portrait/canonical-face.json, see NOTICE there.
 */
// prettier-ignore
const SKULL = [
  10, 0.0, 8.2618, 4.4815,
  151, 0.0, 6.5454, 5.0273,
  9, 0.0, 4.886, 5.3853,
  8, 0.0, 4.019, 5.2848,
  168, 0.0, 3.271, 5.236,
  6, 0.0, 2.4733, 5.7886,
  197, 0.0, 1.7284, 6.3168,
  195, 0.0, 1.0594, 6.7746,
  5, 0.0, 0.3657, 7.2429,
  4, 0.0, -0.4632, 7.5866,
  33, -4.4459, 2.664, 3.1734,
  133, -1.8564, 2.5852, 3.7579,
  362, 1.8564, 2.5852, 3.7579,
  263, 4.4459, 2.664, 3.1734,
  98, -1.4056, -1.7142, 5.2411,
  327, 1.4056, -1.7142, 5.2411,
  54, -6.2793, 6.6154, 1.4259,
  284, 6.2793, 6.6154, 1.4259,
  21, -7.088, 5.4348, 0.0996,
  251, 7.088, 5.4348, 0.0996,
  162, -7.5558, 4.1068, -0.9919,
  389, 7.5558, 4.1068, -0.9919,
  127, -7.7431, 2.365, -2.0052,
  356, 7.7431, 2.365, -2.0052,
  234, -7.6642, 0.6731, -2.4359,
  454, 7.6642, 0.6731, -2.4359,
] as const
const POINTS = SKULL.length / 4

/** The skull as it lies in a picture that it looks straight out of: y down, z away from the viewer. */
const STRAIGHT = Float64Array.from({ length: POINTS * 3 }, (_, k) => {
  const axis = k % 3
  const value = SKULL[Math.floor(k / 3) * 4 + 1 + axis]!
  return axis === 0 ? value : -value
})

/**
 * How a head is turned, from its landmarks: the rotation that lays the average skull on them best.
 *
 * @param landmarks - 468 × (x, y, z) in pixels, z away from the viewer on the scale of x.
 * @returns Yaw and roll from −π to π, pitch from −π/2 to π/2: roll ∘ pitch ∘ yaw, yaw first.
 */
export function headPose(landmarks: ArrayLike<number>): HeadPose {
  const seen = Float64Array.from({ length: POINTS * 3 }, (_, k) => {
    const vertex = SKULL[Math.floor(k / 3) * 4]!
    return landmarks[vertex * 3 + (k % 3)]!
  })
  const { rotation: m } = fitSimilarity(STRAIGHT, seen)
  return {
    pitch: Math.asin(Math.max(-1, Math.min(1, m[7]!))),
    yaw: Math.atan2(m[6]!, m[8]!),
    roll: Math.atan2(-m[1]!, m[4]!),
  }
}
