import { cardinal, ordinal } from './number-words.js'
import { anyOf, type Rule } from './rule.js'

/** Words that a numbered part follows: "Chapter IV". */
const PARTS = (
  'Chapter Part Act Scene Section Volume Book Phase Article War Mark Type Level Stage Class Grade Bowl Apollo Gemini ' +
  'Fantasy Episode Round Rocky Appendix Figure Table Vol Title Unit Group Step Tier Schedule Annex'
).split(' ')

/** First names of rulers: "Henry VIII". */
const RULERS = (
  'Pope King Queen Henry Louis Edward George William Charles James Richard Elizabeth Napoleon Pius Benedict Leo Paul ' +
  'John Ramses Frederick Philip Alexander Nicholas Peter Catherine Ivan Umberto Emmanuel Gustav Christian Ferdinand ' +
  'Mary Francis Otto Innocent Clement Gregory Urban Darius Xerxes Ptolemy Robert Tudor Rama'
).split(' ')

const ROMAN = '(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))'
const VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 }

/** "XIV" → 14; 0 for nothing. */
export function romanValue(numeral: string): number {
  let value = 0
  for (let index = 0; index < numeral.length; index++) {
    const own = VALUES[numeral.charAt(index)] ?? 0
    const next = VALUES[numeral.charAt(index + 1)] ?? 0
    value += own < next ? -own : own
  }
  return value
}

/** Roman numerals where the word in front calls for one. "I" behind a name is a pronoun, unless more speaks for a ruler. */
export const ROMAN_RULES: readonly Rule[] = [
  {
    written: new RegExp(`\\b((?:${anyOf(PARTS)}))\\s(?=[IVXLCDM])${ROMAN}(?![\\w'])`, 'gi'),
    say: (all, word = '', numeral = '') =>
      numeral === numeral.toUpperCase() ? `${word} ${cardinal(String(romanValue(numeral)))}` : all,
  },
  {
    written: new RegExp(`\\b(${anyOf(RULERS)})\\s(?=[IVXLCDM])(?!I\\b)${ROMAN}('s)?(?![\\w'])`, 'g'),
    say: (_all, name = '', numeral = '', possessive = '') =>
      `${name} the ${ordinal(String(romanValue(numeral)))}${possessive}`,
  },
  {
    written: new RegExp(`\\b(${anyOf(RULERS)})\\sI(?=\\sof\\s)`, 'g'),
    say: (_all, name = '') => `${name} the first`,
  },
  {
    written: /\b((?:King|Queen|Pope|Emperor|Tsar)\s\p{Lu}\p{Ll}+)\sI(?![\w'])/gu,
    say: (_all, name = '') => `${name} the first`,
  },
]
