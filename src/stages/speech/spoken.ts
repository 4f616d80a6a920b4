import type { Prosody } from './prosody.js'

/** What the stage of a voice and its program say to each other. */

/** A clause to be spoken. */
export interface ClauseInput {
  readonly text: string
  /** Language of a text without letters, such as "123". */
  readonly language?: string
  readonly prosody: Prosody
}

/** A phoneme, or a pause (an empty symbol), in samples from the start of what it belongs to. */
export interface SpokenPhoneme {
  /** IPA without stress marks. */
  readonly symbol: string
  readonly start: number
  readonly length: number
}

/** Sound with the phonemes that start in it; a phoneme may end after it. */
export interface SpeechPiece {
  /** Mono in [-1, 1]. */
  readonly samples: Float32Array<ArrayBuffer>
  /** In every piece of a voice or in none: a voice knows when its phonemes sound, or it does not. */
  readonly phonemes?: readonly SpokenPhoneme[]
}
