import type { Prosody } from './prosody.js'

/** What the espeak stage and its program say to each other, with the engine's rates. */

/** Hz of everything that espeak makes. */
export const ESPEAK_SAMPLE_RATE = 22_050

/** Samples of an ordinary piece: 100 ms. The last piece of a clause has up to one sample less than two of these. */
export const PIECE_SAMPLES = ESPEAK_SAMPLE_RATE / 10

/** Samples of a time in milliseconds. */
export function samplesOf(milliseconds: number): number {
  return Math.round((milliseconds * ESPEAK_SAMPLE_RATE) / 1000)
}

export interface EspeakConfig {
  /** The espeak voice for Latin script: `en-us`, `en` (British), `en-gb-scotland`, … */
  readonly english: string
  /** The espeak voice for Chinese characters: `cmn`, or `yue` for Cantonese. */
  readonly chinese: string
  /** The speaker, one of espeak's voice variants (`f3`, `Annie`, `m3`, …), for all languages; empty for none. */
  readonly variant: string
}

/** A clause to be spoken. */
export interface EspeakInput {
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
  /** Mono in [-1, 1] at {@link ESPEAK_SAMPLE_RATE}. */
  readonly samples: Float32Array<ArrayBuffer>
  readonly phonemes: readonly SpokenPhoneme[]
}
