import type { Prosody } from '../prosody.js'

/** The knobs of espeak. */
export interface EspeakSettings {
  /** Words a minute, 80–450. */
  readonly rate: number
  /** 0–99, 50 is the voice's own. */
  readonly pitch: number
  /** Width of the melody, 0–100, 50 is the voice's own. */
  readonly range: number
}

/** Speed of a calm speaker: espeak's own for English, and for Mandarin the one that gives 4.5 syllables a second. */
const WORDS_PER_MINUTE: Readonly<Record<string, number>> = { zh: 190 }
const DEFAULT_WORDS_PER_MINUTE = 175

/**
 * Part of a voice's pitch that its melody adds to the base, for the female variants: 18·range / base in the units of
 * espeak's `SetPitch2` (setlengths.c, wavegen.c), with base = (low − 9)·4096 and range = (high − low)·108.
 */
const MELODY_SHARE = 0.36

/**
 * Knobs for a prosody. espeak's pitch knob doubles the base at 100 and halves it at 0 (`pitch_adjust_tab`) but leaves
 * what the melody adds; to scale both by one factor, the knob has to go further, and the range with it. The knob ends
 * at about 8 semitones down and 9 up; more has no effect.
 */
export function settingsFor({ rate, pitch, range }: Prosody, language: string): EspeakSettings {
  const factor = 2 ** (pitch / 12)
  const base = Math.max(0.5, factor + MELODY_SHARE * (factor - 1))
  return {
    rate: limit((WORDS_PER_MINUTE[language] ?? DEFAULT_WORDS_PER_MINUTE) * rate, 80, 450),
    pitch: limit(50 + 50 * Math.log2(base), 0, 99),
    range: limit(50 * factor * range, 0, 100),
  }
}

function limit(value: number, low: number, high: number): number {
  return Math.round(Math.min(high, Math.max(low, value)))
}
