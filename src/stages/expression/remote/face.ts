import { BLENDSHAPE_COUNT, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { EmotionTrack } from '../emotion-track.js'
import { idleMotion, type IdleMotion, type Rotation } from '../idle/idle-motion.js'

/** Channels in which an emotion may stand beside foreign speech: all but those that open and close the mouth. */
const CARRIES_EMOTION = BLENDSHAPE_NAMES.map(
  (name) => !/^(jaw|tongue|mouth)/.test(name) || /^mouth(Smile|Frown|Dimple)/.test(name),
)

export interface RemoteFaceOptions {
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

/** What the protocol cannot say is added here: the emotion, and the sway of the head. */
export class RemoteFace {
  readonly emotion: EmotionTrack
  readonly #fps: number
  readonly #idle: IdleMotion
  readonly #idleStart: number
  readonly #idleWeights = new Float32Array(BLENDSHAPE_COUNT)

  constructor({ fps, seed, emotion, mood, idleStart = 0 }: RemoteFaceOptions) {
    this.#fps = fps
    this.#idle = idleMotion(seed, fps)
    this.#idleStart = idleStart
    this.emotion = new EmotionTrack(fps, emotion, mood)
  }

  /**
   * Completes frame `index`; frames come in order.
   * @param weights 52 values in [0, 1], changed in place
   */
  complete(index: number, weights: Float32Array): Rotation {
    this.emotion.step((index + 0.5) / this.#fps)
    const offsets = this.emotion.current
    for (let i = 0; i < BLENDSHAPE_COUNT; i++) {
      if (CARRIES_EMOTION[i] === true) weights[i] = Math.min(1, weights[i]! + offsets[i]!)
    }
    const rotation: Rotation = [0, 0, 0]
    this.#idle.write(this.#idleStart + index, this.#idleWeights, rotation)
    return rotation
  }
}
