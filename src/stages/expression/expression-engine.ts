import { MICROSECONDS_PER_SECOND } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'
import type { Life } from '../life.js'
import type { Emotion } from './emotion.js'
import type { ExpressionStage, RecordingTreatment } from './expression-stage.js'

/** Motion frames a second, as LAM-A2E has them; the picture's rate is the configuration's. */
export const MOTION_FPS = 30

/** What a turn may choose about how its face moves. */
export interface ExpressionChoice {
  /**
   * How the face looks where the sound carries no emotion of its own; a function is asked for each packet by an engine
   * that can change within a turn.
   */
  readonly emotion?: Emotion | (() => Emotion | undefined) | undefined
  /** What the turns are a part of; each is one of its own when left out. */
  readonly life?: Life | undefined
  /** Style of speaking, 0 to 11. Default: the configuration's, which is 0 where the engine has no setting for it. */
  readonly identity?: number | undefined
  /** The sound is a whole recording, to be treated so by an engine that has its own way with it: see `ExpressionStage`. */
  readonly recording?: RecordingTreatment | undefined
}

/** One way to do the expression stage. The engine is loaded when it is first asked for, and shared from then on. */
export type ExpressionEngine = (choice: ExpressionChoice) => Promise<ExpressionStage>

/** The emotion of a choice, as a question. */
export function emotionIn({ emotion }: ExpressionChoice): () => Emotion | undefined {
  return typeof emotion === 'function' ? emotion : () => emotion
}

/** A turn of a face as a part of a life: what an engine with idle motion of its own is given. */
export function partOf(life: Life): {
  readonly idleStart: (turn: Turn) => number
  readonly mood: Float32Array
} {
  return {
    idleStart: (turn) => (life.zeroOf(turn) * MOTION_FPS) / MICROSECONDS_PER_SECOND,
    mood: life.mood,
  }
}
