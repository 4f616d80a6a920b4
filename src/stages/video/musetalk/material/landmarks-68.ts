/** Points of the iBUG scheme of facial landmarks (300-W), which the published preparation works with. */
export const IBUG_COUNT = 68

/** Number of the third of the four points down the bridge of the nose. */
export const IBUG_NOSE_BRIDGE = 29

/**
 * Vertices of MediaPipe's mesh at the places of the 68 points: the jaw from the right ear to the left, brows, the bridge
 * and the underside of the nose, eyes, the outer and the inner lips. The one that has no vertex of its own is 0 here.
 */
const VERTICES: readonly number[] = [
  ...[162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389],
  ...[71, 63, 105, 66, 107, 336, 296, 334, 293, 301],
  ...[168, 197, 0, 4, 75, 97, 2, 326, 305],
  ...[33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380],
  ...[61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181],
  ...[78, 82, 13, 312, 308, 317, 14, 87],
]

/**
 * The bridge's points divide the way from between the eyes (168) to the tip of the nose (4) in three; the mesh has a
 * vertex on either side of the third.
 */
const AROUND_NOSE_BRIDGE = [195, 5] as const

/**
 * The 68 points of a face that is known by its mesh.
 *
 * @param landmarks 468 × (x, y, z) in pixels
 * @returns 68 × (x, y) in the same pixels
 */
export function ibugLandmarks(landmarks: ArrayLike<number>): Float64Array {
  const points = new Float64Array(IBUG_COUNT * 2)
  for (let point = 0; point < IBUG_COUNT; point++) {
    const [one, other] =
      point === IBUG_NOSE_BRIDGE ? AROUND_NOSE_BRIDGE : [VERTICES[point]!, VERTICES[point]!]
    for (let axis = 0; axis < 2; axis++) {
      points[point * 2 + axis] = (landmarks[one * 3 + axis]! + landmarks[other * 3 + axis]!) / 2
    }
  }
  return points
}
