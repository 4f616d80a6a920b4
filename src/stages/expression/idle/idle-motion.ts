import { clamp } from '../../../dsp/smooth.js'
import { BLENDSHAPE_INDEX as B } from '../../../pipeline/blendshapes.js'
import { BlinkSchedule } from './blink.js'
import { Drift, type DriftOptions } from './drift.js'
import { GazeSchedule } from './gaze.js'
import { SeededRandom } from './random.js'

/** Head rotation in radians, written in place: [pitch, yaw, roll] as in a motion packet. */
export type Rotation = [number, number, number]

/** The life of a face that says nothing. */
export interface IdleMotion {
  /**
   * Writes the face at frame `index`: all 52 weights and the rotation. The articulating channels (jaw opening and
   * lips) are left at 0. The result depends on the seed, the frame rate and the index alone.
   *
   * @param index frame counter from 0, or a place between two frames; rising order is fast, going back starts over and
   * is slower
   * @param weights 52 values, all overwritten, in [0, 1]
   * @param rotation overwritten; pitch, yaw and roll within ±{@link HEAD_SWAY}, times the liveliness
   */
  write(index: number, weights: Float32Array, rotation: Rotation): void
}

const DEGREE = Math.PI / 180

/** Largest idle rotation of the head in radians: pitch, yaw, roll. A nod may add to the pitch. */
export const HEAD_SWAY: Readonly<Rotation> = [1.8 * DEGREE, 4 * DEGREE, 2 * DEGREE]

/** Eyes of a lively face jump no further than this many times their natural angle: 18°. */
const LIVELIEST_GLANCE = 2

/** An eye at 1 has turned about 30°. */
const EYE_RANGE = 30 * DEGREE

/** Head and brows move with breath and thought; the small muscles of the face a little faster. */
const SWAY: DriftOptions = { lowHz: 0.06, highHz: 0.4 }
const TONUS: DriftOptions = { lowHz: 0.1, highHz: 0.8 }

/** Muscle tone that is never quite still: mean weight, and how far it drifts to either side. */
const MUSCLES = [
  { name: 'inner brow', channels: [B.browInnerUp], mean: 0.03, range: 0.06 },
  { name: 'outer brow', channels: [B.browOuterUpLeft, B.browOuterUpRight], mean: 0.02, range: 0.05 },
  { name: 'frown', channels: [B.browDownLeft, B.browDownRight], mean: 0.01, range: 0.05 },
  { name: 'squint', channels: [B.eyeSquintLeft, B.eyeSquintRight], mean: 0.05, range: 0.05 },
  { name: 'wide', channels: [B.eyeWideLeft, B.eyeWideRight], mean: 0.01, range: 0.03 },
  { name: 'smile', channels: [B.mouthSmileLeft, B.mouthSmileRight], mean: 0.07, range: 0.04 },
  { name: 'dimple', channels: [B.mouthDimpleLeft, B.mouthDimpleRight], mean: 0.02, range: 0.02 },
  { name: 'cheek', channels: [B.cheekSquintLeft, B.cheekSquintRight], mean: 0.04, range: 0.04 },
  { name: 'puff', channels: [B.cheekPuff], mean: 0.005, range: 0.015 },
  { name: 'nose', channels: [B.noseSneerLeft, B.noseSneerRight], mean: 0.01, range: 0.02 },
] as const

/** Movements to one side or the other: a pair of channels of which one is 0. */
const SIDEWAYS = [
  { name: 'jaw', left: B.jawLeft, right: B.jawRight, range: 0.02 },
  { name: 'mouth', left: B.mouthLeft, right: B.mouthRight, range: 0.025 },
] as const

/**
 * Blinks, glances, slow head sway and muscle tone: what keeps a silent face alive, and goes on under speech.
 *
 * @param seed any integer: another seed is another, equally calm, person
 * @param fps frames a second
 * @param liveliness factor of all movement but the blinks, 0–3: 0 looks straight ahead, 1 is a calm person
 */
export function idleMotion(seed: number, fps: number, liveliness = 1): IdleMotion {
  return new SeededIdleMotion(seed, fps, liveliness)
}

interface Muscle {
  readonly channels: readonly number[]
  readonly mean: number
  readonly range: number
  readonly drift: Drift
  /** Each side drifts a little by itself: no face is symmetric. */
  readonly sides: readonly Drift[]
}

class SeededIdleMotion implements IdleMotion {
  readonly #seed: number
  readonly #fps: number
  readonly #liveliness: number
  readonly #sway: readonly Drift[]
  readonly #muscles: readonly Muscle[]
  readonly #sideways: readonly { left: number; right: number; range: number; drift: Drift }[]
  #blink: BlinkSchedule
  #gaze: GazeSchedule
  #index = 0

  constructor(seed: number, fps: number, liveliness: number) {
    this.#seed = seed
    this.#fps = fps
    this.#liveliness = liveliness
    this.#sway = ['pitch', 'yaw', 'roll'].map((axis) => new Drift(this.#random(axis), SWAY))
    this.#muscles = MUSCLES.map(({ name, channels, mean, range }) => ({
      channels,
      mean,
      range,
      drift: new Drift(this.#random(name), TONUS),
      sides: channels.map((channel) => new Drift(this.#random(`${name} ${channel}`), TONUS)),
    }))
    this.#sideways = SIDEWAYS.map(({ name, ...pair }) => ({
      ...pair,
      drift: new Drift(this.#random(`${name} sideways`), TONUS),
    }))
    this.#blink = new BlinkSchedule(this.#random('blink'))
    this.#gaze = new GazeSchedule(this.#random('gaze'))
  }

  write(index: number, weights: Float32Array, rotation: Rotation): void {
    if (index < this.#index) this.#rewind()
    this.#index = index
    const time = (index + 0.5) / this.#fps
    weights.fill(0)
    for (let axis = 0; axis < 3; axis++) {
      rotation[axis] = this.#liveliness * HEAD_SWAY[axis]! * this.#sway[axis]!.at(time)
    }
    this.#writeMuscles(time, weights)
    this.#writeEyes(time, weights, rotation)
  }

  #random(name: string): SeededRandom {
    return new SeededRandom(this.#seed, name)
  }

  #rewind(): void {
    this.#blink = new BlinkSchedule(this.#random('blink'))
    this.#gaze = new GazeSchedule(this.#random('gaze'))
  }

  #writeMuscles(time: number, weights: Float32Array): void {
    const liveliness = this.#liveliness
    // A lively face has no other expression than a calm one, but a still one has less of it.
    const tone = Math.min(1, liveliness)
    for (const { channels, mean, range, drift, sides } of this.#muscles) {
      const common = drift.at(time)
      for (let i = 0; i < channels.length; i++) {
        const own = 0.85 * common + 0.15 * sides[i]!.at(time)
        weights[channels[i]!] = clamp(tone * mean + liveliness * range * own, 0, 1)
      }
    }
    for (const { left, right, range, drift } of this.#sideways) {
      const value = liveliness * range * drift.at(time)
      weights[left] = Math.max(0, value)
      weights[right] = Math.max(0, -value)
    }
  }

  #writeEyes(time: number, weights: Float32Array, rotation: Rotation): void {
    this.#gaze.moveTo(time)
    // The eyes stay on the listener while the head sways: they turn back by what the head has turned.
    const glance = Math.min(LIVELIEST_GLANCE, this.#liveliness)
    const x = clamp(glance * this.#gaze.x - rotation[1] / EYE_RANGE, -1, 1)
    const y = clamp(glance * this.#gaze.y + rotation[0] / EYE_RANGE, -1, 1)
    weights[B.eyeLookOutLeft] = weights[B.eyeLookInRight] = Math.max(0, x)
    weights[B.eyeLookInLeft] = weights[B.eyeLookOutRight] = Math.max(0, -x)
    weights[B.eyeLookUpLeft] = weights[B.eyeLookUpRight] = Math.max(0, y)
    weights[B.eyeLookDownLeft] = weights[B.eyeLookDownRight] = Math.max(0, -y)
    // The lids follow the eyes down; a blink comes over that.
    const lids = Math.max(this.#blink.at(time), 0.35 * Math.max(0, -y))
    weights[B.eyeBlinkLeft] = lids
    weights[B.eyeBlinkRight] = 0.98 * lids
    const uncovered = 1 - lids
    weights[B.eyeWideLeft]! *= uncovered
    weights[B.eyeWideRight]! *= uncovered
  }
}
