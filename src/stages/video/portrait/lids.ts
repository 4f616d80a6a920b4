import { HarmonicField } from '../../../dsp/mesh-harmonic.js'
import type { BlendshapeName } from '../../../pipeline/blendshapes.js'
import type { CanonicalFace } from './canonical.js'
import { EYES, FACE_VERTEX_COUNT, type EyeTopology } from './topology.js'

/** Displacements of all 468 vertices (x, y, z in pixels) for one channel at weight 1. */
export type LidShapes = ReadonlyMap<BlendshapeName, Float64Array>

/** Where the lids meet: share of the way from the lower to the upper margin. */
const MEETING_SHARE = 0.1
/** The fold above the lid follows the margin by this share. */
const CREASE_SHARE = 0.28
/** Skin further than this from the eye's middle stays, in centimetres of the canonical face. */
const REACH = 2.1

/**
 * Channels that move the lids, made for one pair of eyes: how far a lid travels depends on how open the eye is, so
 * that a blink ends exactly on the line where both lids meet.
 *
 * @param landmarks The person's 468 × (x, y, z) in pixels.
 */
export function lidShapes(face: CanonicalFace, landmarks: ArrayLike<number>): LidShapes {
  const shapes = new Map<BlendshapeName, Float64Array>()
  EYES.forEach((eye, index) => {
    const side = index === 0 ? 'Right' : 'Left'
    const spread = lidSpreader(face, eye)
    const shape = (upper: number, lower: number): Float64Array =>
      spread(lidMoves(eye, landmarks, upper, lower))
    shapes.set(`eyeBlink${side}`, shape(1 - MEETING_SHARE, MEETING_SHARE))
    shapes.set(`eyeSquint${side}`, shape(0.16, 0.28))
    shapes.set(`eyeWide${side}`, shape(-0.22, -0.05))
    shapes.set(`eyeLookDown${side}`, shape(0.36, -0.07))
    shapes.set(`eyeLookUp${side}`, shape(-0.12, 0.04))
  })
  return shapes
}

/** Moves of lid margins: shares of the local opening, positive closes. */
function lidMoves(
  eye: EyeTopology,
  landmarks: ArrayLike<number>,
  upper: number,
  lower: number,
): Map<number, number[]> {
  const moves = new Map<number, number[]>()
  for (let k = 1; k < eye.upper.length - 1; k++) {
    const u = eye.upper[k]!
    const l = eye.lower[k]!
    const gap = [0, 1, 2].map((axis) => landmarks[l * 3 + axis]! - landmarks[u * 3 + axis]!)
    moves.set(
      u,
      gap.map((value) => value * upper),
    )
    moves.set(
      l,
      gap.map((value) => -value * lower),
    )
    moves.set(
      eye.crease[k - 1]!,
      gap.map((value) => value * upper * CREASE_SHARE),
    )
  }
  return moves
}

/** A function that spreads moves of the lids over the skin around one eye. */
function lidSpreader(face: CanonicalFace, eye: EyeTopology): (moves: Map<number, number[]>) => Float64Array {
  const { vertices } = face
  const centre = [0, 1].map(
    (axis) => (vertices[eye.upper[4]! * 3 + axis]! + vertices[eye.lower[4]! * 3 + axis]!) / 2,
  )
  const moving = new Set([...eye.upper, ...eye.lower, ...eye.crease])
  const handles: number[] = []
  for (let i = 0; i < FACE_VERTEX_COUNT; i++) {
    const distance = Math.hypot(vertices[i * 3]! - centre[0]!, vertices[i * 3 + 1]! - centre[1]!)
    if (moving.has(i) || distance > REACH || eye.brow.includes(i)) handles.push(i)
  }
  const field = new HarmonicField(vertices, face.triangles, handles)
  return (moves) => {
    const out = new Float64Array(FACE_VERTEX_COUNT * 3)
    for (let axis = 0; axis < 3; axis++) {
      const values = new Float64Array(FACE_VERTEX_COUNT)
      for (const [vertex, move] of moves) values[vertex] = move[axis]!
      field.solve(values)
      values.forEach((value, i) => (out[i * 3 + axis] = value))
    }
    return out
  }
}
