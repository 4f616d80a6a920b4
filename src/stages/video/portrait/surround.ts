import { smoothstep } from '../../../dsp/spline.js'
import { sceneVertex, type GridVertex, type HeadFrame } from './head-frame.js'
import { OVAL } from './topology.js'

/** Shares of the face's height. How far one vertex of the outline pulls along the outline, and away from it. */
const PULL_ALONG = 0.06
const PULL_AWAY = 0.16
/** How close to the outline the scene turns exactly as the face does. */
const TOUCHING = 0.1
/** From the outline to where the scene is flat. */
const FLAT = 0.5
/** Pulls weaker than this are left out. */
const LEAST_PULL = 0.004
/** The picture's edges stay, because there is nothing to show beyond them: share of its size in which they let go. */
const EDGE = 0.08

/**
 * What surrounds the face in a photo: neck, hair, background. It is one sheet with the head in it, drawn out by the
 * outline of the face, so that nothing is uncovered when jaw or head move.
 */
export class Surround {
  readonly #frame: HeadFrame
  readonly #rest: Float32Array
  readonly #pictured: ArrayLike<number>
  readonly #size: number
  readonly #pull = new Float64Array(OVAL.length)

  /**
   * @param rest x, y, z of the face's vertices at rest, in pixels of the frame.
   * @param pictured Where the photo shows them.
   */
  constructor(frame: HeadFrame, rest: Float32Array, pictured: ArrayLike<number>, size: number) {
    this.#frame = frame
    this.#rest = rest
    this.#pictured = pictured
    this.#size = size
  }

  /** How the point moves that the photo shows at x, y. */
  vertexAt(x: number, y: number): GridVertex {
    const plain = sceneVertex(this.#frame, x, y)
    const { height } = this.#frame
    const distance = this.#measurePull(x, y)
    const edge = Math.min(x + 0.5, this.#size - 0.5 - x, y + 0.5, this.#size - 0.5 - y) / this.#size
    const free = smoothstep(0, EDGE, edge)
    const away = Math.exp(-((distance / (PULL_AWAY * height)) ** 2)) * free
    const touching = Math.exp(-((distance / (TOUCHING * height)) ** 2))
    let z = 0
    let shiftX = 0
    let shiftY = 0
    const follows: { leader: number; weight: number }[] = []
    OVAL.forEach((leader, k) => {
      const share = this.#pull[k]!
      z += share * this.#rest[leader * 3 + 2]!
      const weight = share * away
      if (weight < LEAST_PULL) return
      shiftX += weight * (this.#rest[leader * 3]! - this.#pictured[leader * 3]!)
      shiftY += weight * (this.#rest[leader * 3 + 1]! - this.#pictured[leader * 3 + 1]!)
      follows.push({ leader, weight })
    })
    return {
      ...plain,
      z: z * smoothstep(FLAT * height, 0, distance),
      headWeight: (plain.headWeight + (1 - plain.headWeight) * touching) * free,
      shiftX,
      shiftY,
      follows,
    }
  }

  /** Fills the share of each vertex of the outline in a point's movement; returns the distance to the nearest. */
  #measurePull(x: number, y: number): number {
    const reach = PULL_ALONG * this.#frame.height
    let nearest = Infinity
    OVAL.forEach((vertex, k) => {
      const distance = Math.hypot(this.#pictured[vertex * 3]! - x, this.#pictured[vertex * 3 + 1]! - y)
      this.#pull[k] = distance
      nearest = Math.min(nearest, distance)
    })
    let sum = 0
    for (let k = 0; k < this.#pull.length; k++) {
      // Relative to the nearest, so that far points have shares too.
      const pull = Math.exp((nearest * nearest - this.#pull[k]! ** 2) / (reach * reach))
      this.#pull[k] = pull
      sum += pull
    }
    for (let k = 0; k < this.#pull.length; k++) this.#pull[k]! /= sum
    return nearest
  }
}
