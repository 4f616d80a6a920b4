import { fitSimilarity, type Similarity } from '../../../../dsp/mesh-similarity.js'
import { BLENDSHAPE_INDEX } from '../../../../pipeline/blendshapes.js'
import { authorBlendshapes, JAW_DROP, type BlendshapeTable } from '../blendshapes.js'
import { headVertices, type CanonicalFace } from '../canonical.js'
import { ShapeAuthor } from '../shape-author.js'
import { FACE_VERTEX_COUNT, LOWER_LIP, LOWER_SEAM, UPPER_LIP, UPPER_SEAM } from '../topology.js'

/** Lips that are open by less than this, in centimetres, count as closed. */
const CLOSED = 0.04
/** Share of an opening that the jaw closes; lips do the rest. */
const JAW_SHARE = 0.4
/** How much of the rest of the way the upper lip takes. */
const UPPER_SHARE = 0.4
/** How far the rings of a lip go along with its seam, from the border inwards. */
const RING_SHARES = [0.72, 0.84, 0.94, 1] as const
/** Share of a smile that is taken away: a friendly face stays friendly. */
const SMILE_RELAXED = 0.8
const MOST_SMILE = 0.9

/**
 * The face at rest: lips closed and a smile relaxed, whatever the mouth does in the picture.
 *
 * @param landmarks 468 × (x, y, z) in pixels, y down.
 * @param table What `authorBlendshapes` makes of `face`, where it is at hand.
 * @returns Landmarks in the same order and unit.
 */
export function relaxMouth(
  face: CanonicalFace,
  landmarks: ArrayLike<number>,
  table: BlendshapeTable = authorBlendshapes(face),
): Float64Array {
  const fit = fitSimilarity(headVertices(face), landmarks)
  const rest = Float64Array.from(landmarks)
  const add = (channel: number, weight: number): void => {
    addCanonical(rest, table[channel]!, fit, weight)
  }
  const smile = SMILE_RELAXED * smileOf(face, landmarks, fit, table)
  add(BLENDSHAPE_INDEX.mouthSmileLeft, -smile)
  add(BLENDSHAPE_INDEX.mouthSmileRight, -smile)
  const opening = Math.max(...openings(rest, fit)) / fit.scale
  if (opening > CLOSED) add(BLENDSHAPE_INDEX.jawOpen, (-JAW_SHARE * opening) / JAW_DROP)
  closeLips(new ShapeAuthor(face), rest, fit)
  return rest
}

/** Adds canonical displacements (y up) to landmarks in the picture (y down). */
function addCanonical(
  landmarks: Float64Array,
  moves: Float64Array,
  { scale, rotation }: Similarity,
  weight: number,
): void {
  for (let i = 0; i < FACE_VERTEX_COUNT * 3; i += 3) {
    for (let axis = 0; axis < 3; axis++) {
      const row = axis * 3
      const move =
        rotation[row]! * moves[i]! - rotation[row + 1]! * moves[i + 1]! - rotation[row + 2]! * moves[i + 2]!
      landmarks[i + axis]! += weight * scale * move
    }
  }
}

/** How far the lips are apart along the seam, in pixels down the face; negative where they cross. */
function openings(landmarks: ArrayLike<number>, { rotation }: Similarity): number[] {
  const downX = rotation[1]!
  const downY = rotation[4]!
  const norm = Math.hypot(downX, downY)
  return UPPER_SEAM.map((upper, k) => {
    const lower = LOWER_SEAM[k]!
    const dx = landmarks[lower * 3]! - landmarks[upper * 3]!
    const dy = landmarks[lower * 3 + 1]! - landmarks[upper * 3 + 1]!
    return (dx * downX + dy * downY) / norm
  })
}

/** Brings both lips together along the seam. */
function closeLips(author: ShapeAuthor, rest: Float64Array, fit: Similarity): void {
  const down = [fit.rotation[1]!, fit.rotation[4]!, fit.rotation[7]!]
  const norm = Math.hypot(down[0]!, down[1]!)
  const gaps = openings(rest, fit)
  const moves = new Float64Array(FACE_VERTEX_COUNT * 3)
  RING_SHARES.forEach((share, ring) => {
    for (let k = 1; k < gaps.length - 1; k++) {
      const gap = (gaps[k]! * share) / norm
      for (let axis = 0; axis < 3; axis++) {
        moves[UPPER_LIP[ring]![k]! * 3 + axis] = down[axis]! * gap * UPPER_SHARE
        moves[LOWER_LIP[ring]![k]! * 3 + axis] = -down[axis]! * gap * (1 - UPPER_SHARE)
      }
    }
  })
  author.spreadLips(moves).forEach((move, i) => (rest[i]! += move))
}

/**
 * How much a face smiles, 0–{@link MOST_SMILE}: how much higher and wider the corners of its mouth lie than those of
 * the average face at rest, against what the smile channels do.
 */
function smileOf(
  face: CanonicalFace,
  landmarks: ArrayLike<number>,
  fit: Similarity,
  table: BlendshapeTable,
): number {
  const right = UPPER_LIP[0][0]
  const left = UPPER_LIP[0][10]
  const picture = (vertex: number, axis: number): number => {
    // Along the head's own axes, in centimetres, y up.
    let sum = 0
    for (let c = 0; c < 3; c++) sum += fit.rotation[c * 3 + axis]! * landmarks[vertex * 3 + c]!
    return (axis === 0 ? sum : -sum) / fit.scale
  }
  const canonical = (vertex: number, axis: number): number => face.vertices[vertex * 3 + axis]!
  const measure = (at: (vertex: number, axis: number) => number): number => {
    const width = at(left, 0) - at(right, 0)
    const lift = (at(left, 1) + at(right, 1)) / 2 - (at(UPPER_LIP[0][5], 1) + at(LOWER_LIP[0][5], 1)) / 2
    return width / 2 + lift
  }
  const smiling = (vertex: number, axis: number): number => {
    const i = vertex * 3 + axis
    return (
      canonical(vertex, axis) +
      table[BLENDSHAPE_INDEX.mouthSmileLeft]![i]! +
      table[BLENDSHAPE_INDEX.mouthSmileRight]![i]!
    )
  }
  const neutral = measure(canonical)
  const smile = (measure(picture) - neutral) / (measure(smiling) - neutral)
  return Math.min(MOST_SMILE, Math.max(0, smile))
}
