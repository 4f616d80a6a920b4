import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'
import { FOLDS } from './folds.js'
import type { PosedHead } from './posed-head.js'
import type { Rig } from './rig.js'
import {
  EYES,
  FACE_VERTEX_COUNT,
  type EyeTopology,
  LOWER_LIP,
  LOWER_SEAM,
  UPPER_LIP,
  UPPER_SEAM,
} from './topology.js'

/** Seconds of one breath. */
const BREATH_PERIOD = 4.2
const SWAY_PERIOD = 6.3
/** How far the chest rises, and hair tips swing, in centimetres. */
const BREATH_RISE = 0.11
const SWAY_REACH = 0.06

/** Light from the upper left of the picture, towards the light: x right, y down, z away from the viewer. */
const LIGHT = [-0.42, -0.5, -0.76] as const
const SHADE_GAIN = 0.45
const SHADE_LIMIT = 0.32

const MOUTH_CLOSE = BLENDSHAPE_INDEX.mouthClose
const JAW_OPEN = BLENDSHAPE_INDEX.jawOpen
const BLINK_RIGHT = BLENDSHAPE_INDEX.eyeBlinkRight
const BLINK_LEFT = BLENDSHAPE_INDEX.eyeBlinkLeft
/** Share of the eye's opening by which the middle of a half closed lid trails behind. */
const LID_TRAIL = 0.2

/** The vertex of a seam in the middle of the mouth, and how far the teeth stand behind it, in centimetres. */
const SEAM_MIDDLE = 5
const TEETH_DEPTH = 1

/** Positions of a rig's vertices for one moment. Its buffers are reused: read them before the next `update`. */
export class Pose implements PosedHead {
  /** x, y of every vertex in pixels of the frame. */
  readonly positions: Float32Array
  /** How much lighter (+) or darker (−) each vertex is than in the picture, −1…1. */
  readonly shade: Float32Array
  /** Channel weights with the limits that one channel sets for another. */
  readonly weights = new Float32Array(BLENDSHAPE_COUNT)
  readonly #rig: Rig
  /** x, y, z of the face before the head turns, then after. */
  readonly #face: Float32Array
  /** x, y, z of every vertex before the head turns. */
  readonly #moved: Float32Array
  readonly #normals: Float32Array
  readonly #restLight: Float32Array
  readonly #turn = new Float64Array(9)
  /** x, y, z of the teeth at rest, in pixels. */
  readonly #teeth = new Float32Array(3)
  #lift = 0
  #sway = 0

  constructor(rig: Rig) {
    this.#rig = rig
    this.positions = new Float32Array(rig.vertexCount * 2)
    this.shade = new Float32Array(rig.vertexCount)
    this.#face = rig.rest.slice(0, FACE_VERTEX_COUNT * 3)
    this.#moved = new Float32Array(rig.vertexCount * 3)
    this.#normals = new Float32Array(FACE_VERTEX_COUNT * 3)
    this.#restLight = new Float32Array(FACE_VERTEX_COUNT)
    for (let axis = 0; axis < 3; axis++) {
      this.#teeth[axis] =
        (rig.rest[UPPER_SEAM[SEAM_MIDDLE] * 3 + axis]! + rig.rest[LOWER_SEAM[SEAM_MIDDLE] * 3 + axis]!) / 2
    }
    this.#teeth[2]! += TEETH_DEPTH * rig.scale
    setRotation(this.#turn, 0, 0, 0)
    this.#measureLight(this.#restLight)
  }

  /**
   * @param weights 52 channel weights in [0, 1], in the order of `BLENDSHAPE_NAMES`.
   * @param rotation Pitch, yaw and roll of the head in radians.
   * @param seconds Position on the turn's time line, for breathing.
   */
  update(weights: ArrayLike<number>, rotation: ArrayLike<number>, seconds: number): void {
    const rig = this.#rig
    for (let i = 0; i < this.weights.length; i++) this.weights[i] = Math.min(1, Math.max(0, weights[i] ?? 0))
    // Lips cannot close further than the jaw has opened them.
    this.weights[MOUTH_CLOSE] = Math.min(this.weights[MOUTH_CLOSE]!, this.weights[JAW_OPEN]! + 0.08)
    this.#lift = (0.5 - 0.5 * Math.cos((2 * Math.PI * seconds) / BREATH_PERIOD)) * BREATH_RISE * rig.scale
    this.#sway = Math.sin((2 * Math.PI * seconds) / SWAY_PERIOD) * SWAY_REACH * rig.scale
    setRotation(this.#turn, rotation[0] ?? 0, rotation[1] ?? 0, rotation[2] ?? 0)

    this.#deform()
    this.#seal()
    this.#separate(UPPER_SEAM, LOWER_SEAM)
    for (let index = 0; index < EYES.length; index++) {
      const eye = EYES[index]!
      this.#arch(eye, this.weights[index === 0 ? BLINK_RIGHT : BLINK_LEFT]!)
      this.#separate(eye.upper, eye.lower)
    }
    this.#place()
    this.#shadeFace()
  }

  get scale(): number {
    return this.#rig.scale
  }

  placeTeeth(out: Float32Array): void {
    const { pivot } = this.#rig
    const m = this.#turn
    const px = this.#teeth[0]! - pivot.x
    const py = this.#teeth[1]! - pivot.y
    const z = this.#teeth[2]!
    out[0] = pivot.x + m[0]! * px + m[1]! * py + m[2]! * z
    out[1] = pivot.y + m[3]! * px + m[4]! * py + m[5]! * z - this.#lift * 0.5
  }

  get rollCosine(): number {
    return this.#turn[0]! / Math.hypot(this.#turn[0]!, this.#turn[3]!)
  }

  get rollSine(): number {
    return this.#turn[3]! / Math.hypot(this.#turn[0]!, this.#turn[3]!)
  }

  #deform(): void {
    const face = this.#face
    face.set(this.#rig.rest.subarray(0, face.length))
    for (let channel = 0; channel < this.weights.length; channel++) {
      const weight = this.weights[channel]!
      if (weight < 1e-4) continue
      const { vertices, moves } = this.#rig.channels[channel]!
      for (let k = 0; k < vertices.length; k++) {
        const at = vertices[k]! * 3
        face[at]! += moves[k * 3]! * weight
        face[at + 1]! += moves[k * 3 + 1]! * weight
        face[at + 2]! += moves[k * 3 + 2]! * weight
      }
    }
  }

  /** A lid on its way down stays arched: its middle trails behind its ends. */
  #arch(eye: EyeTopology, blink: number): void {
    if (blink <= 0) return
    const { rest } = this.#rig
    const opening = rest[eye.lower[4]! * 3 + 1]! - rest[eye.upper[4]! * 3 + 1]!
    const trail = LID_TRAIL * opening * Math.sin(Math.PI * blink)
    for (let k = 1; k < eye.upper.length - 1; k++) {
      this.#face[eye.upper[k]! * 3 + 1]! -= trail * Math.sin((Math.PI * k) / (eye.upper.length - 1))
    }
  }

  /** Lips that close as far as the jaw has opened meet, whoever's lips they are: m, b and p are shut. */
  #seal(): void {
    const jaw = this.weights[JAW_OPEN]!
    if (jaw <= 0 || this.weights[MOUTH_CLOSE]! <= 0) return
    const sealed = Math.min(1, this.weights[MOUTH_CLOSE]! / jaw) ** 2
    const face = this.#face
    for (let k = 1; k < UPPER_SEAM.length - 1; k++) {
      const u = UPPER_SEAM[k]! * 3 + 1
      const l = LOWER_SEAM[k]! * 3 + 1
      const gap = face[l]! - face[u]!
      if (gap <= 0) continue
      face[u]! += (gap * sealed) / 2
      face[l]! -= (gap * sealed) / 2
      this.#pushLips(k, (-gap * sealed) / 2)
    }
  }

  /** Skin does not pass through skin: where two edges have crossed, both meet halfway. */
  #separate(upper: readonly number[], lower: readonly number[]): void {
    const face = this.#face
    for (let k = 1; k < upper.length - 1; k++) {
      const u = upper[k]! * 3 + 1
      const l = lower[k]! * 3 + 1
      const overlap = face[u]! - face[l]!
      if (overlap <= 0) continue
      face[u]! -= overlap / 2
      face[l]! += overlap / 2
      if (upper === UPPER_SEAM) this.#pushLips(k, overlap / 2)
    }
  }

  /** Carries the lips' inner rings along when the seam has moved, so that they keep their thickness. */
  #pushLips(k: number, distance: number): void {
    for (let ring = 1; ring < 3; ring++) {
      const share = (distance * ring) / 4
      this.#face[UPPER_LIP[ring]![k]! * 3 + 1]! -= share
      this.#face[LOWER_LIP[ring]![k]! * 3 + 1]! += share
    }
  }

  /** Carries the face's displacements over to what follows it. */
  #follow(): void {
    const { rest, follows } = this.#rig
    const { followers, leaders, weights } = follows
    const face = this.#face
    const moved = this.#moved
    moved.set(rest)
    moved.set(face)
    for (let k = 0; k < followers.length; k++) {
      const at = followers[k]! * 3
      const from = leaders[k]! * 3
      const weight = weights[k]!
      moved[at]! += (face[from]! - rest[from]!) * weight
      moved[at + 1]! += (face[from + 1]! - rest[from + 1]!) * weight
      moved[at + 2]! += (face[from + 2]! - rest[from + 2]!) * weight
    }
  }

  /** Turns, lifts and sways every vertex. */
  #place(): void {
    const { headWeight, breathWeight, swayWeight, vertexCount, pivot } = this.#rig
    this.#follow()
    const moved = this.#moved
    const out = this.positions
    const m = this.#turn
    for (let i = 0; i < vertexCount; i++) {
      const x = moved[i * 3]!
      const y = moved[i * 3 + 1]!
      const z = moved[i * 3 + 2]!
      const weight = headWeight[i]!
      const px = x - pivot.x
      const py = y - pivot.y
      const tx = m[0]! * px + m[1]! * py + m[2]! * z
      const ty = m[3]! * px + m[4]! * py + m[5]! * z
      out[i * 2] = x + (tx - px) * weight + swayWeight[i]! * this.#sway
      out[i * 2 + 1] = y + (ty - py) * weight - breathWeight[i]! * this.#lift
    }
  }

  /** Lightens and darkens the skin as it turns towards or away from the light, and where it folds. */
  #shadeFace(): void {
    const { shadeMask } = this.#rig
    const now = this.shade
    this.#measureLight(now)
    for (let i = 0; i < FACE_VERTEX_COUNT; i++) {
      const change = (now[i]! - this.#restLight[i]!) * SHADE_GAIN * shadeMask[i]!
      now[i] = Math.min(SHADE_LIMIT, Math.max(-SHADE_LIMIT, change))
    }
    for (const { channel, vertices, shade } of FOLDS) {
      const weight = this.weights[channel]!
      if (weight === 0) continue
      for (const vertex of vertices) now[vertex]! += shade * weight
    }
  }

  /** Writes normal · light of each face vertex, with the head turned. */
  #measureLight(out: Float32Array): void {
    const face = this.#face
    const normals = this.#normals
    const { skin, winding } = this.#rig
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
    const m = this.#turn
    // The light in the head's own frame: the transposed rotation applied to it.
    const lx = m[0]! * LIGHT[0] + m[3]! * LIGHT[1] + m[6]! * LIGHT[2]
    const ly = m[1]! * LIGHT[0] + m[4]! * LIGHT[1] + m[7]! * LIGHT[2]
    const lz = m[2]! * LIGHT[0] + m[5]! * LIGHT[1] + m[8]! * LIGHT[2]
    for (let i = 0; i < FACE_VERTEX_COUNT; i++) {
      const nx = normals[i * 3]!
      const ny = normals[i * 3 + 1]!
      const nz = normals[i * 3 + 2]!
      const length = Math.hypot(nx, ny, nz)
      // A triangle wound "positive" in the picture (y down) has its normal away from the viewer (+z).
      out[i] = length > 0 ? (-winding * (nx * lx + ny * ly + nz * lz)) / length : 0
    }
  }
}

/**
 * Row-major rotation of the head: yaw about the vertical axis, then pitch, then roll in the picture's plane.
 * Coordinates: x right, y down, z away from the viewer. Positive pitch looks down, positive yaw turns to the
 * picture's right, positive roll tilts the crown to the picture's right.
 */
export function setRotation(out: Float64Array, pitch: number, yaw: number, roll: number): void {
  const cy = Math.cos(yaw)
  const sy = Math.sin(yaw)
  const cp = Math.cos(pitch)
  const sp = Math.sin(pitch)
  const cr = Math.cos(roll)
  const sr = Math.sin(roll)
  // yaw: x' = x cy − z sy, z' = x sy + z cy; pitch: y' = y cp − z' sp, z'' = y sp + z' cp
  const x0 = cy
  const x2 = -sy
  const y0 = -sy * sp
  const y1 = cp
  const y2 = -cy * sp
  out[0] = x0 * cr - y0 * sr
  out[1] = -y1 * sr
  out[2] = x2 * cr - y2 * sr
  out[3] = x0 * sr + y0 * cr
  out[4] = y1 * cr
  out[5] = x2 * sr + y2 * cr
  out[6] = sy * cp
  out[7] = sp
  out[8] = cy * cp
}
