import { BLENDSHAPE_COUNT, BLENDSHAPE_NAMES } from '../../pipeline/blendshapes.js'
import type { MotionPacket, TurnId } from '../../pipeline/packet.js'
import { framesToMicroseconds, type Microseconds } from '../../pipeline/time.js'
import { EmotionTrack } from './emotion-track.js'
import { idleMotion, type IdleMotion, type Rotation } from './idle/idle-motion.js'

/** Channels in which an emotion may stand beside foreign speech: all but those that open and close the mouth. */
const CARRIES_EMOTION = BLENDSHAPE_NAMES.map(
  (name) => !/^(jaw|tongue|mouth)/.test(name) || /^mouth(Smile|Frown|Dimple)/.test(name),
)

export interface HeardFaceOptions {
  readonly turn: TurnId
  readonly fps: number
  /** Any integer: decides how the head sways. */
  readonly seed: number
  /** 52 offsets of the emotion before the sound says one. */
  readonly emotion: Float32Array
  /** 52 offsets that the face shows already: see {@link EmotionTrack}. */
  readonly mood?: Float32Array | undefined
  /** Frame of the idle motion that is frame 0. Default 0. */
  readonly idleStart?: number
}

/**
 * The motion of one turn from weights that are taken as they come, such as those of a server: counts and times the
 * frames, and adds what the weights cannot say, the emotion and the sway of the head.
 */
export class HeardFace {
  readonly emotion: EmotionTrack
  readonly #turn: TurnId
  readonly #fps: number
  readonly #idle: IdleMotion
  readonly #idleStart: number
  readonly #idleWeights = new Float32Array(BLENDSHAPE_COUNT)
  #frames = 0

  constructor({ turn, fps, seed, emotion, mood, idleStart = 0 }: HeardFaceOptions) {
    this.#turn = turn
    this.#fps = fps
    this.#idle = idleMotion(seed, fps)
    this.#idleStart = idleStart
    this.emotion = new EmotionTrack(fps, emotion, mood)
  }

  /** Frames that have been made. */
  get frames(): number {
    return this.#frames
  }

  /**
   * Makes the next frame.
   *
   * @param weights 52 values in [0, 1], changed in place and given away
   * @param soundEnd where the turn's sound ends, once that is known: the last frame ends with it
   */
  next(weights: Float32Array, soundEnd: Microseconds = Infinity): MotionPacket {
    const index = this.#frames++
    this.emotion.step((index + 0.5) / this.#fps)
    const offsets = this.emotion.current
    for (let i = 0; i < BLENDSHAPE_COUNT; i++) {
      if (CARRIES_EMOTION[i] === true) weights[i] = Math.min(1, weights[i]! + offsets[i]!)
    }
    const rotation: Rotation = [0, 0, 0]
    this.#idle.write(this.#idleStart + index, this.#idleWeights, rotation)
    const timestamp = framesToMicroseconds(index, this.#fps)
    const end = Math.min(framesToMicroseconds(index + 1, this.#fps), soundEnd)
    return {
      kind: 'motion',
      turn: this.#turn,
      index,
      timestamp,
      duration: end - timestamp,
      weights,
      rotation,
    }
  }
}
