import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'
import type { PosedHead } from './posed-head.js'
import type { Rig } from './rig.js'
import { SkinLight } from './skin-light.js'
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
  readonly #light: SkinLight
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
    this.#light = new SkinLight(rig, this.#face)
    for (let axis = 0; axis < 3; axis++) {
      this.#teeth[axis] =
        (rig.rest[UPPER_SEAM[SEAM_MIDDLE] * 3 + axis]! + rig.rest[LOWER_SEAM[SEAM_MIDDLE] * 3 + axis]!) / 2
    }
    this.#teeth[2]! += TEETH_DEPTH * rig.scale
    setRotation(this.#turn, 0, 0, 0)
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
    this.#light.shade(this.#face, this.#turn, this.weights, this.shade)
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
