import { smoothstep } from '../../../dsp/smooth.js'
import { BLENDSHAPE_INDEX as B } from '../../../pipeline/blendshapes.js'
import type { Rotation } from '../idle/idle-motion.js'
import { SeededRandom } from '../idle/random.js'
import type { Accent } from './accents.js'

/** Largest nod in radians, reached by an accent of strength 1. */
export const DEEPEST_NOD = (1.2 * Math.PI) / 180

/** Not every accent shows on the face. */
const SHOWN = 0.75
const BROW_UP = 0.16
const BROW_TIME = { rise: 0.16, hold: 0.1, fall: 0.4 }
const NOD_TIME = { rise: 0.18, hold: 0.02, fall: 0.42 }
const LONGEST = 0.7

/** Brow raises and small nods that go with the accents of speech. */
export class AccentGestures {
  readonly #random: SeededRandom
  /** In order of time; those that are over are dropped. At most one is shown at a time. */
  readonly #accents: Accent[] = []

  /** @param seed decides which accents show */
  constructor(seed: number) {
    this.#random = new SeededRandom(seed, 'gestures')
  }

  /** Adds an accent; each is later than the one before. */
  add(accent: Accent): void {
    const shown = this.#random.chance(SHOWN)
    if (shown) this.#accents.push(accent)
  }

  /**
   * Adds the gestures at `time` seconds to a face. Times are asked for in rising order.
   *
   * @param scale how much of them is shown; 1 is natural
   */
  apply(time: number, scale: number, weights: Float32Array, rotation: Rotation): void {
    while (this.#accents.length > 0 && time > this.#accents[0]!.time + LONGEST) this.#accents.shift()
    const accent = this.#accents[0]
    if (accent === undefined || time <= accent.time) return
    const strength = accent.strength * scale
    const brow = strength * BROW_UP * pulse(time - accent.time, BROW_TIME)
    weights[B.browInnerUp]! += brow
    weights[B.browOuterUpLeft]! += 0.7 * brow
    weights[B.browOuterUpRight]! += 0.66 * brow
    rotation[0] += strength * DEEPEST_NOD * pulse(time - accent.time, NOD_TIME)
  }
}

function pulse(time: number, { rise, hold, fall }: typeof NOD_TIME): number {
  return smoothstep(0, rise, time) - smoothstep(rise + hold, rise + hold + fall, time)
}
