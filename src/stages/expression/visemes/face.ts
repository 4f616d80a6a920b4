import { clamp, slew } from '../../../dsp/smooth.js'
import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX as B, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { NATURAL_AMPLITUDE, type Amplitude } from '../amplitude.js'
import type { EmotionTrack } from '../emotion-track.js'
import type { IdleMotion, Rotation } from '../idle/idle-motion.js'
import type { AccentGestures } from '../prosody/gestures.js'
import type { MouthShape } from './arkit.js'

/**
 * The fastest a mouth channel moves, in weights a second: lips that burst open after a `p` cross half their range in
 * 50 ms. What would be faster is a jump.
 */
export const FASTEST_MOUTH = 10

/** A jaw that is this far open shows the teeth: the mouth counts as open. */
const OPEN = 0.12
/** How much of a smile or a frown rounded lips take away. */
const ROUNDING = 0.6

/** How an emotion gets along with speech, channel by channel. */
enum Manner {
  /** Shown as it is: brows, eyes, cheeks. */
  Free,
  /** Parts the lips: only while speech does so too; never in silence, never over a closure. */
  Parting,
  /** Closes the lips: only while speech lets them. */
  Closing,
  /** Pulls the corners: less on rounded lips. */
  Corners,
}

const MANNERS: readonly Manner[] = BLENDSHAPE_NAMES.map((name) => {
  if (/^(jawOpen|mouthLowerDown|mouthUpperUp|mouthFunnel|tongueOut)/.test(name)) return Manner.Parting
  if (/^(mouthPress|mouthRoll|mouthClose)/.test(name)) return Manner.Closing
  if (/^(mouthSmile|mouthFrown|mouthDimple|mouthStretch)/.test(name)) return Manner.Corners
  return Manner.Free
})

export interface FaceParts {
  readonly fps: number
  readonly idle: IdleMotion
  readonly mouth: Pick<MouthShape, 'seal' | 'write'>
  readonly emotion: EmotionTrack
  readonly gestures: AccentGestures
  /** Of speech and gestures; that of the emotion and of idle life is in their parts. Default: natural. */
  readonly amplitude?: Pick<Amplitude, 'speech' | 'life'>
}

/** Puts a face together, frame by frame: idle life, the speaking mouth, the emotion, and gestures. */
export class Face {
  readonly #parts: FaceParts
  readonly #fastest: number
  /** Gestures go with the voice and are part of the liveliness; they do not grow with the mouth. */
  readonly #gesture: number
  readonly #speech: number
  readonly #target = new Float32Array(BLENDSHAPE_COUNT)
  /** The mouth that is shown: follows the target without a jump. */
  readonly #mouth = new Float32Array(BLENDSHAPE_COUNT)

  constructor(parts: FaceParts) {
    this.#parts = parts
    const { speech, life } = parts.amplitude ?? NATURAL_AMPLITUDE
    this.#fastest = FASTEST_MOUTH / parts.fps
    this.#speech = speech
    this.#gesture = Math.min(1, speech) * life
  }

  /**
   * Writes one frame. Frames are asked for in order.
   *
   * @param idleIndex frame of the idle motion; it may lie between two
   * @param time seconds from the turn's zero to the frame's middle
   * @param values viseme channels
   * @param scale 0–1, how much of the speech is shown: falls to 0 where the turn ends
   * @param weights 52 values, overwritten, in [0, 1]
   */
  write(
    idleIndex: number,
    time: number,
    values: Float32Array,
    scale: number,
    weights: Float32Array,
    rotation: Rotation,
  ): void {
    const { idle, emotion, gestures } = this.#parts
    idle.write(idleIndex, weights, rotation)
    this.#moveMouth(values, scale)
    gestures.apply(time, scale * this.#gesture, weights, rotation)
    emotion.step(time)
    this.#addMouthAndEmotion(weights, emotion.current)
    settleEyes(weights)
    for (let i = 0; i < BLENDSHAPE_COUNT; i++) weights[i] = clamp(weights[i]!, 0, 1)
  }

  #moveMouth(values: Float32Array, scale: number): void {
    this.#parts.mouth.write(values, this.#target)
    const extent = scale * this.#speech
    for (let i = 0; i < BLENDSHAPE_COUNT; i++) {
      this.#mouth[i] = slew(this.#mouth[i]!, Math.min(1, extent * this.#target[i]!), this.#fastest)
    }
  }

  #addMouthAndEmotion(weights: Float32Array, offsets: Float32Array): void {
    const mouth = this.#mouth
    const open = clamp((mouth[B.jawOpen]! - mouth[B.mouthClose]!) / OPEN, 0, 1)
    const round = clamp(mouth[B.mouthPucker]! + mouth[B.mouthFunnel]!, 0, 1)
    const unsealed = 1 - this.#parts.mouth.seal
    for (let i = 0; i < BLENDSHAPE_COUNT; i++) {
      weights[i]! += mouth[i]! + offsets[i]! * shown(MANNERS[i]!, open, unsealed, round)
    }
  }
}

function shown(manner: Manner, open: number, unsealed: number, round: number): number {
  switch (manner) {
    case Manner.Free:
      return 1
    case Manner.Parting:
      return open * unsealed
    case Manner.Closing:
      return 1 - open
    case Manner.Corners:
      return 1 - ROUNDING * round
  }
}

/** An eye that looks up does not look down, and one that is shut is not wide. */
function settleEyes(weights: Float32Array): void {
  subtractCommon(weights, B.eyeLookUpLeft, B.eyeLookDownLeft)
  subtractCommon(weights, B.eyeLookUpRight, B.eyeLookDownRight)
  weights[B.eyeWideLeft]! *= clamp(1 - weights[B.eyeBlinkLeft]!, 0, 1)
  weights[B.eyeWideRight]! *= clamp(1 - weights[B.eyeBlinkRight]!, 0, 1)
}

function subtractCommon(weights: Float32Array, a: number, b: number): void {
  const common = Math.min(weights[a]!, weights[b]!)
  weights[a]! -= common
  weights[b]! -= common
}
