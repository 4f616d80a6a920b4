import type { Similarity } from '../../../../dsp/mesh-similarity.js'
import type { CanonicalFace } from '../canonical.js'
import { FOLDS } from '../folds.js'
import type { PosedHead } from '../posed-head.js'
import { FACE_VERTEX_COUNT, LOWER_LIP, LOWER_SEAM, UPPER_LIP, UPPER_SEAM } from '../topology.js'
import { Anchoring } from './anchoring.js'
import type { FaceRegion } from './face-region.js'
import type { HeadFits } from './head-fits.js'
import { MouthPose } from './mouth-pose.js'
import { SeamDressing } from './seam-dressing.js'
import type { SpeechMesh } from './speech-mesh.js'

const FACE_VALUES = FACE_VERTEX_COUNT * 3

/** The vertices of the seams in the middle of the mouth, and how far the teeth stand behind them, in centimetres. */
const UPPER_MIDDLE = UPPER_SEAM[5]
const LOWER_MIDDLE = LOWER_SEAM[5]
const TEETH_DEPTH = 1

/** What a head speaks with: everything that is the same for all frames. */
export interface SpeakingHeadParts {
  readonly face: CanonicalFace
  readonly region: FaceRegion
  readonly mesh: SpeechMesh
  readonly fits: HeadFits
  /** 468 × (x, y, z) in pixels for each frame. */
  readonly landmarks: Float32Array
  /** The person's face at rest with closed lips: 468 × (x, y, z), centimetres of the head's own frame. */
  readonly neutral: Float64Array
  /** How far apart, in centimetres, closed lips are in the landmarks, at each vertex of the seams. */
  readonly closedGaps: ArrayLike<number>
  /** Factor on the opening of the jaw. */
  readonly opening: number
}

/**
 * The filmed head of one frame with its mouth moved: where each vertex was filmed and where it shall be. The lower
 * face first returns to the person's neutral face, then the channels move it. Buffers are reused by every `update`.
 */
export class SpeakingHead implements PosedHead {
  readonly positions: Float32Array
  /** x, y of every vertex as filmed, in pixels. */
  readonly filmed: Float32Array
  /** Where the gap between the lips takes its texture: the lower lip's. */
  readonly gapTexture: Float32Array
  /** How much darker (−) or lighter (+) each vertex becomes, −1…1. */
  readonly shade: Float32Array
  /** Bounds of all that may be drawn, in pixels. */
  readonly bounds = { left: 0, top: 0, right: 0, bottom: 0 }
  readonly #parts: SpeakingHeadParts
  readonly #mouth: MouthPose
  readonly #seam: SeamDressing
  readonly #anchoring: Anchoring
  readonly #errors: Float64Array
  readonly #spread: Float64Array
  #fit: Similarity
  /** The head's own way down in the picture, of length 1. */
  #downX = 0
  #downY = 1

  constructor(parts: SpeakingHeadParts) {
    const { face, region, mesh, neutral, opening } = parts
    this.#parts = parts
    this.#mouth = new MouthPose(face, region, neutral, opening)
    this.#seam = new SeamDressing(parts.closedGaps)
    this.#anchoring = new Anchoring(face, region)
    this.#errors = new Float64Array(this.#anchoring.anchors.length * 2)
    this.#spread = new Float64Array(region.spoken.length * 2)
    this.positions = new Float32Array(mesh.vertexCount * 2)
    this.filmed = new Float32Array(mesh.vertexCount * 2)
    this.gapTexture = new Float32Array(mesh.vertexCount * 2)
    this.shade = new Float32Array(mesh.vertexCount)
    this.#fit = parts.fits.of(0)
  }

  get weights(): Float32Array {
    return this.#mouth.weights
  }

  get scale(): number {
    return this.#fit.scale
  }

  get rollCosine(): number {
    const { rotation } = this.#fit
    return rotation[0]! / Math.hypot(rotation[0]!, rotation[3]!)
  }

  get rollSine(): number {
    const { rotation } = this.#fit
    return rotation[3]! / Math.hypot(rotation[0]!, rotation[3]!)
  }

  /** How far apart the lips were filmed: 0 (closed) … 1 (two millimetres and more). */
  get partedLips(): number {
    return this.#seam.parted
  }

  /**
   * @param frame Index of the footage's frame.
   * @param weights 52 channel weights in [0, 1]; those of eyes and brows are not looked at.
   */
  update(frame: number, weights: ArrayLike<number>): void {
    this.#fit = this.#parts.fits.of(frame)
    this.#findDown()
    this.#mouth.update(weights)
    this.#readFilmed(frame)
    this.#moveFace()
    this.#calmFace()
    this.#unfoldLips()
    this.#moveSurround()
    this.#measureBounds()
    this.#shadeFolds()
    this.#seam.dress(this, this.#downX / this.scale, this.#downY / this.scale, this.#mouth)
  }

  /** Counts all places from another point of the picture. */
  moveOrigin(x: number, y: number): void {
    shift(this.positions, x, y)
    shift(this.filmed, x, y)
    shift(this.gapTexture, x, y)
  }

  placeTeeth(out: Float32Array): void {
    const { neutral } = this.#parts
    const { rotation, scale } = this.#fit
    const half = (neutral[LOWER_MIDDLE * 3 + 1]! - neutral[UPPER_MIDDLE * 3 + 1]!) / 2
    for (let axis = 0; axis < 2; axis++) {
      // Where the seam is, less what the channels have moved it by.
      const rest =
        this.positions[UPPER_MIDDLE * 2 + axis]! - this.#carried(this.#mouth.moved, UPPER_MIDDLE, axis)
      out[axis] = rest + scale * (rotation[axis * 3 + 1]! * half + rotation[axis * 3 + 2]! * TEETH_DEPTH)
    }
  }

  /** x (axis 0) or y (axis 1) in the picture of a vertex' vector in the head's own frame. */
  #carried(vectors: Float32Array | Float64Array, vertex: number, axis: number): number {
    const { scale, rotation } = this.#fit
    return (
      scale *
      (rotation[axis * 3]! * vectors[vertex * 3]! +
        rotation[axis * 3 + 1]! * vectors[vertex * 3 + 1]! +
        rotation[axis * 3 + 2]! * vectors[vertex * 3 + 2]!)
    )
  }

  #findDown(): void {
    const { rotation } = this.#fit
    const length = Math.hypot(rotation[1]!, rotation[4]!)
    this.#downX = rotation[1]! / length
    this.#downY = rotation[4]! / length
  }

  #readFilmed(frame: number): void {
    const { landmarks, mesh } = this.#parts
    const { scale, rotation } = this.#fit
    const { filmed } = this
    const base = frame * FACE_VALUES
    for (let i = 0; i < FACE_VERTEX_COUNT; i++) {
      filmed[i * 2] = landmarks[base + i * 3]!
      filmed[i * 2 + 1] = landmarks[base + i * 3 + 1]!
    }
    const { follows, offset } = mesh.surround
    for (let k = 0; k < follows.length; k++) {
      const followed = follows[k]! * 2
      const x = offset[k * 2]! * scale
      const y = offset[k * 2 + 1]! * scale
      const at = (FACE_VERTEX_COUNT + k) * 2
      filmed[at] = filmed[followed]! + rotation[0]! * x + rotation[1]! * y
      filmed[at + 1] = filmed[followed + 1]! + rotation[3]! * x + rotation[4]! * y
    }
  }

  /** Adds what the channels move to the filmed places. */
  #moveFace(): void {
    const { positions } = this
    const { moved } = this.#mouth
    positions.set(this.filmed)
    for (const vertex of this.#parts.mesh.vertices) {
      if (vertex >= FACE_VERTEX_COUNT) continue
      positions[vertex * 2]! += this.#carried(moved, vertex, 0)
      positions[vertex * 2 + 1]! += this.#carried(moved, vertex, 1)
    }
  }

  /** Adds the way from the filmed lower face to the neutral one. */
  #calmFace(): void {
    const { region, neutral } = this.#parts
    const { anchors } = this.#anchoring
    const { filmed, positions } = this
    const errors = this.#errors
    for (let k = 0; k < anchors.length; k++) {
      for (let axis = 0; axis < 2; axis++) {
        errors[k * 2 + axis] = -this.#wayToNeutral(neutral, filmed, anchors[k]!, axis)
      }
    }
    this.#anchoring.spread(errors, this.#spread)
    const { spoken } = region
    for (let k = 0; k < spoken.length; k++) {
      const vertex = spoken[k]!
      for (let axis = 0; axis < 2; axis++) {
        positions[vertex * 2 + axis]! +=
          this.#wayToNeutral(neutral, filmed, vertex, axis) + this.#spread[k * 2 + axis]!
      }
    }
  }

  #wayToNeutral(neutral: Float64Array, filmed: Float32Array, vertex: number, axis: number): number {
    return this.#carried(neutral, vertex, axis) + this.#fit.translation[axis]! - filmed[vertex * 2 + axis]!
  }

  /**
   * The inner rings of a lip lie behind each other, and a face seen from above or from below shows them in another
   * order than the mesh has: no ring may lie beyond the next one on the way to the seam.
   */
  #unfoldLips(): void {
    for (let k = 1; k < UPPER_SEAM.length - 1; k++) {
      for (let ring = UPPER_LIP.length - 2; ring > 0; ring--) {
        this.#holdBack(UPPER_LIP[ring]![k]!, UPPER_LIP[ring + 1]![k]!, 1)
        this.#holdBack(LOWER_LIP[ring]![k]!, LOWER_LIP[ring + 1]![k]!, -1)
      }
    }
  }

  /** Moves a vertex back along the head's vertical when it is further down (1) or up (−1) than its neighbour. */
  #holdBack(vertex: number, neighbour: number, way: 1 | -1): void {
    const { positions } = this
    const x = positions[vertex * 2]! - positions[neighbour * 2]!
    const y = positions[vertex * 2 + 1]! - positions[neighbour * 2 + 1]!
    const beyond = way * (x * this.#downX + y * this.#downY)
    if (beyond <= 0) return
    positions[vertex * 2]! -= way * beyond * this.#downX
    positions[vertex * 2 + 1]! -= way * beyond * this.#downY
  }

  /** Lets neck and background follow the outline. */
  #moveSurround(): void {
    const { follows, share } = this.#parts.mesh.surround
    const { filmed, positions } = this
    for (let k = 0; k < follows.length; k++) {
      const followed = follows[k]! * 2
      const at = (FACE_VERTEX_COUNT + k) * 2
      positions[at]! += share[k]! * (positions[followed]! - filmed[followed]!)
      positions[at + 1]! += share[k]! * (positions[followed + 1]! - filmed[followed + 1]!)
    }
  }

  #shadeFolds(): void {
    const { share } = this.#parts.region
    this.shade.fill(0)
    for (const { channel, vertices, shade } of FOLDS) {
      const weight = this.weights[channel]!
      if (weight === 0) continue
      for (const vertex of vertices) this.shade[vertex]! += shade * weight * share[vertex]!
    }
  }

  #measureBounds(): void {
    const { bounds, filmed } = this
    bounds.left = bounds.top = Infinity
    bounds.right = bounds.bottom = -Infinity
    for (const vertex of this.#parts.mesh.vertices) {
      const x = filmed[vertex * 2]!
      const y = filmed[vertex * 2 + 1]!
      bounds.left = Math.min(bounds.left, x)
      bounds.right = Math.max(bounds.right, x)
      bounds.top = Math.min(bounds.top, y)
      bounds.bottom = Math.max(bounds.bottom, y)
    }
  }
}

function shift(places: Float32Array, x: number, y: number): void {
  for (let i = 0; i < places.length; i += 2) {
    places[i]! -= x
    places[i + 1]! -= y
  }
}
