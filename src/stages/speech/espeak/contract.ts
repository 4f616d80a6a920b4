/** The rates of espeak, and what it is told when it is loaded. */

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
