import { BLENDSHAPE_COUNT } from '../../pipeline/blendshapes.js'
import { MICROSECONDS_PER_SECOND, type Microseconds } from '../../pipeline/time.js'
import { EmotionTrack } from './emotion-track.js'
import { emotionOffsets, type Emotion } from './emotion.js'
import { idleMotion, type Rotation } from './idle/idle-motion.js'
import { AccentGestures } from './prosody/gestures.js'
import { Face } from './visemes/face.js'

export interface RestingFaceOptions {
  /** Frames a second. */
  readonly fps: number
  /** As of the speaking face, so that the two are one life. */
  readonly seed: number
  /** 52 offsets of the emotion that the face shows already: see {@link EmotionTrack}. */
  readonly mood: Float32Array
}

/** Pose of a face in one frame. */
export interface RestingPose {
  /** 52 weights in [0, 1]. */
  readonly weights: Float32Array
  readonly rotation: Rotation
}

const CLOSED_MOUTH = {
  seal: 0,
  write: (_values: Float32Array, weights: Float32Array): void => {
    weights.fill(0)
  },
}
const NO_SPEECH = new Float32Array(0)

/** A face that says nothing: it blinks, looks, sways, and keeps its mood. */
export class RestingFace {
  readonly #fps: number
  readonly #face: Face
  readonly #track: EmotionTrack
  #emotion: Emotion | undefined

  constructor({ fps, seed, mood }: RestingFaceOptions) {
    this.#fps = fps
    this.#track = new EmotionTrack(fps, mood.slice(), mood)
    const gestures = new AccentGestures(seed)
    this.#face = new Face({
      fps,
      idle: idleMotion(seed, fps),
      mouth: CLOSED_MOUTH,
      emotion: this.#track,
      gestures,
    })
  }

  /**
   * The face in the frame that begins at a time of its life. Times rise.
   *
   * @param emotion which it moves towards
   */
  at(time: Microseconds, emotion: Emotion): RestingPose {
    const seconds = time / MICROSECONDS_PER_SECOND
    if (emotion !== this.#emotion) {
      this.#emotion = emotion
      this.#track.changeAt(seconds, emotionOffsets(emotion))
    }
    const weights = new Float32Array(BLENDSHAPE_COUNT)
    const rotation: Rotation = [0, 0, 0]
    const middle = seconds + 0.5 / this.#fps
    this.#face.write(seconds * this.#fps, middle, NO_SPEECH, 0, weights, rotation)
    return { weights, rotation }
  }
}
