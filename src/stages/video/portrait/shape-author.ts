import { HarmonicField } from '../../../dsp/mesh-harmonic.js'
import type { CanonicalFace } from './canonical.js'
import {
  CHIN,
  FACE_VERTEX_COUNT,
  LID_VERTICES,
  LIP_VERTICES,
  LOWER_LIP,
  NOSE,
  OVAL,
  UPPER_LIP,
} from './topology.js'

/** Displacement in centimetres: x to the face's left, y up, z out of the face. */
export type Vector = readonly [x: number, y: number, z: number]
export type Lip = 'upper' | 'lower'
/** Displacement of a lip vertex: `ring` 0 (border) … 3 (seam), `s` −1 (right corner) … 1 (left corner). */
export type LipShape = (lip: Lip, ring: number, s: number) => Vector

/** Spreads displacements of a few handles over the canonical face. */
export class ShapeAuthor {
  readonly #vertices: Float64Array
  readonly #lipField: HarmonicField
  readonly #jawWeights: Float64Array

  constructor(face: CanonicalFace) {
    this.#vertices = face.vertices
    const lips = new Set(LIP_VERTICES)
    const still = this.#select((i, _, y) => !lips.has(i) && (y > 1.2 || NOSE.includes(i) || isOval(i)))
    this.#lipField = new HarmonicField(face.vertices, face.triangles, [...LIP_VERTICES, ...still])
    this.#jawWeights = this.#solveJaw(face)
  }

  /** Moves the lips as `shape` says; the skin between lips, nose, eyes and outline follows. */
  lips(shape: LipShape): Float64Array {
    const sums = new Float64Array(FACE_VERTEX_COUNT * 3)
    for (const [lip, rings] of [
      ['upper', UPPER_LIP],
      ['lower', LOWER_LIP],
    ] as const) {
      rings.forEach((ring, r) => {
        const half = Math.abs(this.#vertices[ring[0] * 3]!)
        ring.forEach((vertex, k) => {
          const share = k === 0 || k === ring.length - 1 ? 0.5 : 1
          const move = shape(lip, r, this.#vertices[vertex * 3]! / half)
          for (let axis = 0; axis < 3; axis++) sums[vertex * 3 + axis]! += move[axis]! * share
        })
      })
    }
    return this.spreadLips(sums)
  }

  /** Spreads given moves of the lips' vertices over the skin between lips, nose, eyes and outline, in place. */
  spreadLips(moves: Float64Array): Float64Array {
    return this.#spread(moves)
  }

  /** Moves what hangs on the jaw by a vector. */
  jaw(move: Vector): Float64Array {
    return Float64Array.from({ length: FACE_VERTEX_COUNT * 3 }, (_, i) => {
      return this.#jawWeights[Math.floor(i / 3)]! * move[i % 3]!
    })
  }

  /** A soft bump around some vertices; lids stay. `radius` in centimetres is where it has fallen to 1/e. */
  bump(around: readonly number[], move: Vector, radius: number): Float64Array {
    const out = new Float64Array(FACE_VERTEX_COUNT * 3)
    for (let i = 0; i < FACE_VERTEX_COUNT; i++) {
      const weight = LID_VERTICES.includes(i) ? 0 : this.#near(i, around, radius)
      for (let axis = 0; axis < 3; axis++) out[i * 3 + axis] = weight * move[axis]!
    }
    return out
  }

  /** A bump for brows: fades out towards the hairline. */
  brow(around: readonly number[], move: Vector, radius: number): Float64Array {
    const out = this.bump(around, move, radius)
    return out.map((value, i) => value * clamp01((8.2 - this.#vertices[i - (i % 3) + 1]!) / 2.5))
  }

  /** Both cheeks; x of `move` points away from the middle. */
  cheeks(move: Vector, radius: number): Float64Array {
    const right = this.bump([50, 101, 205], [-move[0], move[1], move[2]], radius)
    const left = this.bump([280, 330, 425], move, radius)
    return right.map((value, i) => value + left[i]!)
  }

  /** Blows up the skin around some vertices: `out` centimetres sideways, `forward` towards the viewer. */
  outward(around: readonly number[], out: number, forward: number, radius: number): Float64Array {
    const bump = this.bump(around, [out, 0, forward], radius)
    return bump.map((value, i) => (i % 3 === 0 ? value * Math.sign(this.#vertices[i]!) : value))
  }

  /** The part of a shape on one side of the face (1 left, −1 right), blended across the middle. */
  half(shape: Float64Array, side: 1 | -1): Float64Array {
    return shape.map((value, i) => value / (1 + Math.exp(-side * this.#vertices[i - (i % 3)]! * 2.4)))
  }

  #near(vertex: number, around: readonly number[], radius: number): number {
    let nearest = Infinity
    for (const other of around) {
      const dx = this.#vertices[vertex * 3]! - this.#vertices[other * 3]!
      const dy = this.#vertices[vertex * 3 + 1]! - this.#vertices[other * 3 + 1]!
      nearest = Math.min(nearest, dx * dx + dy * dy)
    }
    return Math.exp(-nearest / (radius * radius))
  }

  #spread(sums: Float64Array): Float64Array {
    const out = new Float64Array(sums.length)
    for (let axis = 0; axis < 3; axis++) {
      const values = Float64Array.from({ length: FACE_VERTEX_COUNT }, (_, i) => sums[i * 3 + axis]!)
      this.#lipField.solve(values)
      values.forEach((value, i) => (out[i * 3 + axis] = value))
    }
    return out
  }

  #select(keep: (vertex: number, x: number, y: number) => boolean): number[] {
    return Array.from({ length: FACE_VERTEX_COUNT }, (_, i) => i).filter((i) =>
      keep(i, this.#vertices[i * 3]!, this.#vertices[i * 3 + 1]!),
    )
  }

  /** Share of each vertex in the jaw's movement: 1 on chin and lower lip, 0 on nose and eyes, part at the corners. */
  #solveJaw(face: CanonicalFace): Float64Array {
    const given = new Map<number, number>()
    for (const vertex of this.#select((_, __, y) => y > 1.2)) given.set(vertex, 0)
    for (const vertex of NOSE) given.set(vertex, 0)
    for (const vertex of OVAL)
      given.set(vertex, clamp01((-1.5 - this.#vertices[vertex * 3 + 1]!) / 5.5) ** 1.2)
    for (const vertex of CHIN) given.set(vertex, 1)
    for (const [rings, share] of [
      [UPPER_LIP, upperJawShare],
      [LOWER_LIP, lowerJawShare],
    ] as const) {
      for (const ring of rings) {
        const half = Math.abs(this.#vertices[ring[0] * 3]!)
        for (const vertex of ring) given.set(vertex, share(Math.abs(this.#vertices[vertex * 3]!) / half))
      }
    }
    const weights = new Float64Array(FACE_VERTEX_COUNT)
    for (const [vertex, weight] of given) weights[vertex] = weight
    new HarmonicField(face.vertices, face.triangles, [...given.keys()]).solve(weights)
    return weights
  }
}

const CORNER_JAW_SHARE = 0.4

function upperJawShare(edge: number): number {
  return CORNER_JAW_SHARE * Math.min(1, edge) ** 5
}

/** An ellipse from the corner to the middle: an open mouth is round. */
function lowerJawShare(edge: number): number {
  return CORNER_JAW_SHARE + (1 - CORNER_JAW_SHARE) * Math.sqrt(Math.max(0, 1 - Math.min(1, edge) ** 2.3))
}

function isOval(vertex: number): boolean {
  return (OVAL as readonly number[]).includes(vertex)
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value))
}
