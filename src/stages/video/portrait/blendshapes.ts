import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX, type BlendshapeName } from '../../../pipeline/blendshapes.js'
import type { CanonicalFace } from './canonical.js'
import { ShapeAuthor, type Vector } from './shape-author.js'
import { FACE_VERTEX_COUNT, LEFT_EYE, RIGHT_EYE } from './topology.js'

/**
 * Displacements of the canonical face at weight 1, one row of 468 × (x, y, z) centimetres a channel. Channels that
 * depend on the shape of a person's eyes are left zero: see lids.ts.
 */
export type BlendshapeTable = readonly Float64Array[]

/** How far the lower lip falls at jawOpen 1, in centimetres. */
export const JAW_DROP = 2.5

const ZERO: Vector = [0, 0, 0]

/** Authors the channels of mouth, jaw, cheeks, nose and brows on the canonical face. */
export function authorBlendshapes(face: CanonicalFace): BlendshapeTable {
  const table = Array.from({ length: BLENDSHAPE_COUNT }, () => new Float64Array(FACE_VERTEX_COUNT * 3))
  const author = new ShapeAuthor(face)
  const set = (name: BlendshapeName, ...parts: Float64Array[]): void => {
    const row = table[BLENDSHAPE_INDEX[name]]!
    for (const part of parts) for (let i = 0; i < row.length; i++) row[i]! += part[i]!
  }
  const setBoth = (name: string, ...parts: Float64Array[]): void => {
    for (const side of ['Left', 'Right'] as const) {
      set(
        `${name}${side}` as BlendshapeName,
        ...parts.map((part) => author.half(part, side === 'Left' ? 1 : -1)),
      )
    }
  }
  authorJaw(author, set)
  authorLips(author, set, setBoth)
  authorUpperFace(author, set, setBoth)
  return table
}

type SetChannel = (name: BlendshapeName, ...parts: Float64Array[]) => void
type SetBoth = (name: string, ...parts: Float64Array[]) => void

function authorJaw(author: ShapeAuthor, set: SetChannel): void {
  const corner = (s: number): number => Math.abs(s) ** 3
  set(
    'jawOpen',
    author.jaw([0, -JAW_DROP, -0.6]),
    author.lips((_, __, s) => [-0.3 * s * Math.abs(s), 0, -0.1 * corner(s)]),
    author.bump([50, 205, 280, 425], [0, -0.18, -0.12], 1.6),
  )
  set(
    'jawForward',
    author.jaw([0, -0.22, 1.1]),
    author.lips((lip) => (lip === 'lower' ? [0, 0.12, 0.3] : ZERO)),
  )
  set('jawLeft', author.jaw([0.75, 0, 0]))
  set('jawRight', author.jaw([-0.75, 0, 0]))
}

function authorLips(author: ShapeAuthor, set: SetChannel, setBoth: SetBoth): void {
  const pick = (values: readonly number[], ring: number): number => values[ring]!
  set(
    'mouthClose',
    author.lips((lip, ring, s) =>
      lip === 'lower'
        ? [0, JAW_DROP * 0.86 * arch(s) ** 0.8, 0]
        : [0, -0.3 * arch(s) * (0.4 + 0.2 * ring), 0],
    ),
  )
  set(
    'mouthFunnel',
    author.lips((lip, ring, s) => [
      -0.72 * s,
      (lip === 'upper' ? 0.3 : -0.42) * arch(s) * (0.85 + 0.15 * (ring / 3)),
      0.6 * arch(s),
    ]),
  )
  set(
    'mouthPucker',
    author.lips((lip, ring, s) => [
      -1.1 * s,
      (lip === 'upper' ? 1 : -1) * pick([0.14, 0.07, 0.03, 0.02], ring) * arch(s),
      0.8 * arch(s),
    ]),
    author.bump([205, 425], [0, 0, -0.15], 1.4),
  )
  setBoth(
    'mouthSmile',
    author.lips((lip, ring, s) => {
      const edge = Math.abs(s)
      const thinner = (lip === 'upper' ? 0.1 : 0.04) * (ring / 3 - 0.6) * arch(s)
      return [0.62 * s * edge, 0.66 * edge ** 2.4 - 0.06 + thinner, -0.3 * edge]
    }),
    author.cheeks([0.12, 0.34, 0.22], 1.5),
  )
  setBoth(
    'mouthFrown',
    author.lips((lip, _, s) => [
      0.02 * s,
      -0.85 * Math.abs(s) ** 2.2 + (lip === 'lower' ? 0.1 * arch(s) : 0.04),
      0,
    ]),
  )
  setBoth(
    'mouthStretch',
    author.lips((lip, ring, s) => [
      0.62 * s,
      -0.16 * Math.abs(s) + ((lip === 'upper' ? -0.05 : 0.05) * (3 - ring)) / 3,
      -0.25 * Math.abs(s),
    ]),
  )
  setBoth(
    'mouthDimple',
    author.lips((_, __, s) => [0.32 * s * Math.abs(s), 0.1 * s * s, -0.45 * Math.abs(s)]),
  )
  setBoth(
    'mouthUpperUp',
    author.lips((lip, ring, s) =>
      lip === 'upper' ? [0, 0.5 * arch(s) ** 0.7 * (0.85 + 0.05 * ring), 0] : ZERO,
    ),
  )
  setBoth(
    'mouthLowerDown',
    author.lips((lip, ring, s) =>
      lip === 'lower' ? [0, -0.58 * arch(s) ** 0.7 * (0.8 + 0.067 * ring), 0] : ZERO,
    ),
  )
  setBoth(
    'mouthPress',
    author.lips((lip, ring, s) => [
      -0.05 * s * Math.abs(s),
      (lip === 'upper' ? -pick([0.2, 0.12, 0.05, 0], ring) : pick([0.26, 0.15, 0.06, 0], ring)) * arch(s),
      -0.12 * arch(s),
    ]),
  )
  set(
    'mouthRollLower',
    author.lips((lip, ring, s) =>
      lip === 'lower' ? [0, pick([0.42, 0.3, 0.18, 0.1], ring) * arch(s), -0.3 * arch(s)] : ZERO,
    ),
  )
  set(
    'mouthRollUpper',
    author.lips((lip, ring, s) =>
      lip === 'upper' ? [0, -pick([0.34, 0.24, 0.12, 0.02], ring) * arch(s), -0.3 * arch(s)] : ZERO,
    ),
  )
  set(
    'mouthShrugUpper',
    author.lips((lip, _, s) => [0, (lip === 'upper' ? 0.26 : 0.2) * arch(s), 0.15 * arch(s)]),
  )
  set(
    'mouthShrugLower',
    author.lips((lip, _, s) => [0, (lip === 'lower' ? 0.32 : 0.2) * arch(s), 0.3 * arch(s)]),
    author.bump([199, 175, 200], [0, 0.3, 0.2], 1.1),
  )
  set(
    'mouthLeft',
    author.lips(() => [0.7, 0, 0]),
  )
  set(
    'mouthRight',
    author.lips(() => [-0.7, 0, 0]),
  )
  set(
    'tongueOut',
    author.jaw([0, -0.5, 0]),
    author.lips((lip, ring, s) =>
      lip === 'lower' ? [0, -0.24 * arch(s) * (ring / 3), 0.05] : [0, 0.06 * arch(s), 0],
    ),
  )
}

function authorUpperFace(author: ShapeAuthor, set: SetChannel, setBoth: SetBoth): void {
  set('browInnerUp', author.brow([107, 55, 336, 285, 9], [0, 0.75, 0.1], 1.3))
  set(
    'browDownRight',
    author.brow(RIGHT_EYE.brow, [0.16, -0.42, 0.1], 1.0),
    author.brow([107, 55, 66, 65], [0.1, -0.32, 0.1], 0.9),
  )
  set(
    'browDownLeft',
    author.brow(LEFT_EYE.brow, [-0.16, -0.42, 0.1], 1.0),
    author.brow([336, 285, 296, 295], [-0.1, -0.32, 0.1], 0.9),
  )
  set('browOuterUpRight', author.brow([70, 63, 105, 46, 53], [0, 0.62, 0.05], 1.25))
  set('browOuterUpLeft', author.brow([300, 293, 334, 276, 283], [0, 0.62, 0.05], 1.25))
  setBoth('cheekSquint', author.cheeks([0.04, 0.42, 0.22], 1.5))
  set(
    'cheekPuff',
    author.outward([205, 425, 207, 427, 187, 411, 214, 434], 0.42, 0.9, 1.9),
    author.lips((lip, ring, s) => [
      -0.12 * s,
      (lip === 'upper' ? -0.06 : 0.06) * (1 - ring / 3) * arch(s),
      0.15 * arch(s),
    ]),
  )
  setBoth(
    'noseSneer',
    author.bump([48, 64, 129, 102, 278, 294, 358, 331], [0, 0.34, 0.08], 0.9),
    author.lips((lip, _, s) => (lip === 'upper' ? [0, 0.2 * arch(s * 0.9), 0] : ZERO)),
    author.bump([188, 412, 122, 351], [0, 0.16, 0.1], 0.7),
    author.brow([107, 55, 336, 285], [0, -0.2, 0.05], 0.8),
  )
}

/** 1 in the middle of the lips, 0 at the corners. */
function arch(s: number): number {
  return Math.cos((Math.min(1, Math.abs(s)) * Math.PI) / 2)
}
