import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX } from '../../../../pipeline/blendshapes.js'
import type { CanonicalFace } from '../canonical.js'
import { FACE_VERTEX_COUNT, LOWER_LIP, LOWER_SEAM, UPPER_LIP, UPPER_SEAM } from '../topology.js'
import type { FaceRegion } from './face-region.js'
import { SPEECH_CHANNELS, speechMoves, type SpeechMoves } from './speech-moves.js'

const JAW_OPEN = BLENDSHAPE_INDEX.jawOpen
const MOUTH_CLOSE = BLENDSHAPE_INDEX.mouthClose
/** How much further than the jaw is open the lips may close. */
const CLOSE_BEYOND = 0.08

/** What the channels make of a person's neutral face, in the head's own frame. Buffers are reused by every `update`. */
export class MouthPose {
  /** 52 channel weights with the limits that one channel sets for another; zero for eyes and brows. */
  readonly weights = new Float32Array(BLENDSHAPE_COUNT)
  /** x, y, z of each face vertex from its place at rest, in centimetres. */
  readonly moved = new Float32Array(FACE_VERTEX_COUNT * 3)
  readonly #neutral: Float64Array
  readonly #opening: number
  readonly #moves: readonly SpeechMoves[]

  /**
   * @param neutral 468 × (x, y, z) with closed lips, in centimetres of the head's own frame.
   * @param opening Factor on the opening of the jaw.
   */
  constructor(face: CanonicalFace, region: FaceRegion, neutral: Float64Array, opening: number) {
    this.#neutral = neutral
    this.#opening = opening
    this.#moves = speechMoves(face, region.share)
  }

  /** @param weights 52 channel weights in [0, 1]; those of eyes and brows are not looked at. */
  update(weights: ArrayLike<number>): void {
    this.#limit(weights)
    this.#deform()
    this.#separateLips()
  }

  /** Centimetres between the lips at a vertex of the seams, 0 (right corner) … 10 (left corner). */
  gap(k: number): number {
    const upper = UPPER_SEAM[k]! * 3 + 1
    const lower = LOWER_SEAM[k]! * 3 + 1
    return this.#neutral[lower]! + this.moved[lower]! - this.#neutral[upper]! - this.moved[upper]!
  }

  #limit(weights: ArrayLike<number>): void {
    const own = this.weights
    for (const channel of SPEECH_CHANNELS) own[channel] = Math.min(1, Math.max(0, weights[channel] ?? 0))
    const jaw = Math.min(1, own[JAW_OPEN]! * this.#opening)
    own[JAW_OPEN] = jaw
    // Lips cannot close further than the jaw has opened them.
    own[MOUTH_CLOSE] = Math.min(own[MOUTH_CLOSE]! * this.#opening, jaw + CLOSE_BEYOND)
  }

  #deform(): void {
    const { moved } = this
    moved.fill(0)
    for (const { channel, vertices, moves } of this.#moves) {
      const weight = this.weights[channel]!
      if (weight < 1e-4) continue
      for (let k = 0; k < vertices.length; k++) {
        const at = vertices[k]! * 3
        moved[at]! += moves[k * 3]! * weight
        moved[at + 1]! += moves[k * 3 + 1]! * weight
        moved[at + 2]! += moves[k * 3 + 2]! * weight
      }
    }
  }

  /** Where the seams have crossed, both meet halfway, and the lips keep their thickness. */
  #separateLips(): void {
    const { moved } = this
    for (let k = 1; k < UPPER_SEAM.length - 1; k++) {
      const overlap = -this.gap(k)
      if (overlap <= 0) continue
      for (let ring = 1; ring < UPPER_LIP.length; ring++) {
        const share = ring === UPPER_LIP.length - 1 ? 0.5 : ring / 8
        moved[UPPER_LIP[ring]![k]! * 3 + 1]! -= overlap * share
        moved[LOWER_LIP[ring]![k]! * 3 + 1]! += overlap * share
      }
    }
  }
}
