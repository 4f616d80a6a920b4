import { ABBREVIATION_RULES } from './abbreviations.js'
import { ADDRESS_RULES } from './addresses.js'
import { DATE_RULES } from './dates.js'
import { MEASURE_RULES } from './measures.js'
import { MONEY_RULES } from './money.js'
import { NUMERAL_RULES } from './numerals.js'
import { ROMAN_RULES } from './roman.js'
import { applyRules, type Rule } from './rule.js'
import { SIGN_RULES } from './signs.js'

/** From what says most about itself to what says least: an address first, a lone digit last. */
const RULES: readonly Rule[] = [
  { written: /[‘’ʼ`´]/g, say: () => "'" },
  { written: /[‐‑]/g, say: () => '-' },
  { written: /\u00b5|\u03bc/g, say: () => 'µ' },
  ...ADDRESS_RULES,
  ...DATE_RULES,
  ...MONEY_RULES,
  ...ABBREVIATION_RULES,
  ...ROMAN_RULES,
  ...MEASURE_RULES,
  ...NUMERAL_RULES,
  ...SIGN_RULES,
  { written: /([^\p{L}\s])\1{3,}/gu, say: (_all, mark = '') => mark.repeat(3) },
  { written: /\s+/g, say: () => ' ' },
  { written: / (?=[,.;:!?)])/g, say: () => '' },
]

/**
 * Written English in words, for a voice that reads words: numbers, dates, times, money, units, abbreviations, roman
 * numerals, telephone numbers, addresses, signs. American readings.
 *
 * What comes out holds letters, apostrophes, hyphens, spaces and punctuation, and letters with points between them
 * ("a.m.", "U.S.") for what is spelled. Never throws.
 */
export function normaliseEnglish(text: string): string {
  return applyRules(text, RULES).trim()
}
