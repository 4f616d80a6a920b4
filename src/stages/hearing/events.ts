import type { Microseconds } from '../../pipeline/time.js'

/** Times are positions in the microphone's own stream: 0 is the first sample that was pushed. */
export type HearingEvent =
  /** Somebody has spoken for long enough to be believed; `at` is when they began. */
  | {
      readonly type: 'speech-start'
      readonly at: Microseconds
      /** Whether the agent was speaking: this interrupts it. */
      readonly bargeIn: boolean
    }
  /** They have stopped; `at` is when the last voice was heard. */
  | { readonly type: 'speech-end'; readonly at: Microseconds }
  /** What was said, from shortly before its first sound to shortly after its last; follows `speech-end`. */
  | {
      readonly type: 'utterance'
      /** When the first of the samples was heard. */
      readonly at: Microseconds
      /** Mono in [-1, 1]; the receiver's own. */
      readonly samples: Float32Array<ArrayBuffer>
      readonly sampleRate: number
      /** Whether it was ended by its greatest length, and goes on in the next one. */
      readonly cut: boolean
    }
  /** Sound that was not listened to, as more came in than there was time for. What was being said then is lost. */
  | { readonly type: 'overrun'; readonly at: Microseconds; readonly duration: Microseconds }
