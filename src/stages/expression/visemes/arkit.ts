import { clamp, smoothstep } from '../../../dsp/smooth.js'
import {
  BLENDSHAPE_INDEX,
  BLENDSHAPE_INDEX as B,
  type BlendshapeName,
} from '../../../pipeline/blendshapes.js'
import type { VisemeTable } from './contract.js'

/** What is done to one viseme channel on its way to ARKit. */
interface Tuning {
  /** Factor. Default 1. */
  readonly gain?: number
  /** Largest weight. Default 1. */
  readonly limit?: number
  /** How much more the right side moves than the left, as a part of the weight. Default 0. */
  readonly lean?: number
}

/**
 * No mouth moves both its sides alike: corners differ most, the lids of the lips less. Limits keep a channel out of
 * the range that ARKit reserves for grimaces.
 */
const TUNING: Readonly<Record<string, Tuning>> = {
  jawOpen: { limit: 0.8 },
  mouthFunnel: { limit: 0.8 },
  mouthPucker: { limit: 0.9 },
  mouthStretch: { limit: 0.6, lean: 0.06 },
  mouthSmile: { limit: 0.6, lean: -0.05 },
  mouthPress: { limit: 0.6, lean: 0.04 },
  mouthUpperUp: { limit: 0.6, lean: -0.04 },
  mouthLowerDown: { limit: 0.7, lean: 0.03 },
  mouthDimple: { limit: 0.5, lean: -0.08 },
  tongueOut: { limit: 0.4 },
}

/** Skin follows muscle: what else moves when a channel does, as a part of its weight. */
const FOLLOWERS: readonly { from: BlendshapeName; to: BlendshapeName; share: number }[] = [
  { from: 'mouthSmileLeft', to: 'cheekSquintLeft', share: 0.25 },
  { from: 'mouthSmileRight', to: 'cheekSquintRight', share: 0.25 },
  { from: 'mouthUpperUpLeft', to: 'noseSneerLeft', share: 0.18 },
  { from: 'mouthUpperUpRight', to: 'noseSneerRight', share: 0.18 },
  { from: 'mouthPressLeft', to: 'mouthFrownLeft', share: 0.12 },
  { from: 'mouthPressRight', to: 'mouthFrownRight', share: 0.12 },
  { from: 'mouthPressLeft', to: 'mouthShrugLower', share: 0.2 },
  { from: 'mouthPressLeft', to: 'cheekPuff', share: 0.12 },
  { from: 'mouthPucker', to: 'mouthShrugUpper', share: 0.06 },
]

/** Pressed lips: no other sound presses them, so that the channel tells m, b and p from all else. */
const SEAL_BEGINS = 0.15
const SEALED = 0.28
/** A jaw behind sealed lips keeps this part of its opening; the lips close over the rest. */
const JAW_BEHIND_SEAL = 0.4
/** What parts the lips, and is gone when they are sealed. */
const PARTS_LIPS: readonly BlendshapeName[] = [
  'mouthLowerDownLeft',
  'mouthLowerDownRight',
  'mouthUpperUpLeft',
  'mouthUpperUpRight',
  'mouthFunnel',
  'tongueOut',
]

interface Route {
  readonly gain: number
  readonly limit: number
  readonly targets: readonly { readonly channel: number; readonly share: number }[]
}

/** Viseme channels to ARKit weights of the mouth. Keeps no state between frames. */
export class MouthShape {
  /** How far the lips of the last frame are sealed, 0–1. */
  seal = 0
  readonly #routes: readonly Route[]
  readonly #press: number

  /** @param channels names of the values that {@link write} is given; each is a key of `table.arkit` */
  constructor(channels: readonly string[], { arkit }: VisemeTable) {
    this.#routes = channels.map((name) => routeOf(name, arkit[name] ?? []))
    this.#press = channels.indexOf('mouthPress')
  }

  /**
   * Writes the mouth: all 52 weights, those that no viseme moves as 0.
   *
   * @param values one for each channel, in [0, 1]
   * @param weights 52 values in [0, 1]
   */
  write(values: Float32Array, weights: Float32Array): void {
    weights.fill(0)
    for (const [i, { gain, limit, targets }] of this.#routes.entries()) {
      const value = clamp(gain * values[i]!, 0, limit)
      for (const { channel, share } of targets) weights[channel] = clamp(value * share, 0, 1)
    }
    for (const { from, to, share } of FOLLOWERS) {
      weights[B[to]] = Math.min(1, weights[B[to]]! + share * weights[B[from]]!)
    }
    this.seal = smoothstep(SEAL_BEGINS, SEALED, this.#press < 0 ? 0 : values[this.#press]!)
    this.#sealLips(weights)
  }

  #sealLips(weights: Float32Array): void {
    const { seal } = this
    for (const name of PARTS_LIPS) weights[B[name]]! *= 1 - seal
    const jaw = weights[B.jawOpen]! * (1 - (1 - JAW_BEHIND_SEAL) * seal)
    weights[B.jawOpen] = jaw
    weights[B.mouthClose] = Math.min(jaw, Math.max(weights[B.mouthClose]!, seal * jaw))
  }
}

function routeOf(name: string, targets: readonly BlendshapeName[]): Route {
  const { gain = 1, limit = 1, lean = 0 } = TUNING[name] ?? {}
  const side = (target: string): number => (target.endsWith('Left') ? -1 : target.endsWith('Right') ? 1 : 0)
  return {
    gain,
    limit,
    targets: targets.map((target) => ({
      channel: BLENDSHAPE_INDEX[target],
      share: 1 + (side(target) * lean) / 2,
    })),
  }
}
