import { FOLDS } from './folds.js'
import type { Rig } from './rig.js'
import { FACE_VERTEX_COUNT } from './topology.js'

/** Light from the upper left of the picture, towards the light: x right, y down, z away from the viewer. */
const LIGHT = [-0.42, -0.5, -0.76] as const
const GAIN = 0.45
const LIMIT = 0.32

const UPRIGHT = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)

/** How the skin lightens and darkens as it turns towards or away from the light, and where it folds. */
export class SkinLight {
  readonly #rig: Rig
  readonly #normals = new Float32Array(FACE_VERTEX_COUNT * 3)
  readonly #atRest = new Float32Array(FACE_VERTEX_COUNT)

  /** @param rest x, y, z of the face's vertices at rest. */
  constructor(rig: Rig, rest: Float32Array) {
    this.#rig = rig
    this.#measure(rest, UPRIGHT, this.#atRest)
  }

  /**
   * @param face x, y, z of the face's vertices before the head turns.
   * @param turn Row-major rotation of the head.
   * @param weights 52 channel weights.
   * @param out Receives for each face vertex how much lighter (+) or darker (−) it is than in the picture.
   */
  shade(face: Float32Array, turn: Float64Array, weights: Float32Array, out: Float32Array): void {
    const { shadeMask } = this.#rig
    this.#measure(face, turn, out)
    for (let i = 0; i < FACE_VERTEX_COUNT; i++) {
      const change = (out[i]! - this.#atRest[i]!) * GAIN * shadeMask[i]!
      out[i] = Math.min(LIMIT, Math.max(-LIMIT, change))
    }
    for (const { channel, vertices, shade } of FOLDS) {
      const weight = weights[channel]!
      if (weight === 0) continue
      for (const vertex of vertices) out[vertex]! += shade * weight
    }
  }

  /** Writes normal · light of each face vertex. */
  #measure(face: Float32Array, turn: Float64Array, out: Float32Array): void {
    this.#sumNormals(face)
    const normals = this.#normals
    const { winding } = this.#rig
    // The light in the head's own frame: the transposed rotation applied to it.
    const lx = turn[0]! * LIGHT[0] + turn[3]! * LIGHT[1] + turn[6]! * LIGHT[2]
    const ly = turn[1]! * LIGHT[0] + turn[4]! * LIGHT[1] + turn[7]! * LIGHT[2]
    const lz = turn[2]! * LIGHT[0] + turn[5]! * LIGHT[1] + turn[8]! * LIGHT[2]
    for (let i = 0; i < FACE_VERTEX_COUNT; i++) {
      const nx = normals[i * 3]!
      const ny = normals[i * 3 + 1]!
      const nz = normals[i * 3 + 2]!
      const length = Math.hypot(nx, ny, nz)
      // A triangle wound "positive" in the picture (y down) has its normal away from the viewer (+z).
      out[i] = length > 0 ? (-winding * (nx * lx + ny * ly + nz * lz)) / length : 0
    }
  }

  #sumNormals(face: Float32Array): void {
    const normals = this.#normals
    const { skin } = this.#rig
    normals.fill(0)
    for (let t = 0; t < skin.length; t += 3) {
      const a = skin[t]! * 3
      const b = skin[t + 1]! * 3
      const c = skin[t + 2]! * 3
      const ux = face[b]! - face[a]!
      const uy = face[b + 1]! - face[a + 1]!
      const uz = face[b + 2]! - face[a + 2]!
      const vx = face[c]! - face[a]!
      const vy = face[c + 1]! - face[a + 1]!
      const vz = face[c + 2]! - face[a + 2]!
      const nx = uy * vz - uz * vy
      const ny = uz * vx - ux * vz
      const nz = ux * vy - uy * vx
      for (let corner = 0; corner < 3; corner++) {
        const at = skin[t + corner]! * 3
        normals[at]! += nx
        normals[at + 1]! += ny
        normals[at + 2]! += nz
      }
    }
  }
}
