import { cardinal, decimal, oneByOne, ordinal, year } from './number-words.js'
import type { Rule } from './rule.js'

const FRACTIONS: Readonly<Record<string, string>> = {
  '½': 'one half',
  '¼': 'one quarter',
  '¾': 'three quarters',
  '⅓': 'one third',
  '⅔': 'two thirds',
  '⅛': 'one eighth',
}

/** Fractions with a denominator up to this are read as such; "24/7" and "9/11" are read as two numbers. */
const DENOMINATORS = new Set([2, 3, 4, 5, 6, 8, 10, 12, 16, 32, 64, 100])

function fractionOf(over: string, under: string): string {
  const count = Number(over)
  if (count === 0 || count >= Number(under) || !DENOMINATORS.has(Number(under))) {
    return `${cardinal(over)} ${cardinal(under)}`
  }
  const one = under === '2' ? 'half' : under === '4' ? 'quarter' : ordinal(under)
  return `${cardinal(over)} ${count === 1 ? one : one === 'half' ? 'halves' : `${one}s`}`
}

/** Groups of a telephone number with a pause between them. */
function telephone(whole: string): string {
  const plus = whole.startsWith('+') ? 'plus ' : ''
  return plus + (whole.match(/\d+/g) ?? []).map(oneByOne).join(', ')
}

/** Four digits without a comma are read like a year, as people read house numbers and models too. */
function plain(digits: string): string {
  if (digits.length > 1 && digits.startsWith('0')) return oneByOne(digits)
  return digits.length === 4 ? year(digits) : cardinal(digits)
}

/** Everything else that is written in digits. The last rules take whatever digits are left. */
export const NUMERAL_RULES: readonly Rule[] = [
  { written: /(?<=\p{L})(?=\d+\.\d)/gu, say: () => ' ' },
  { written: /(?<![\w-])\d+(?:-\d+){3,}(?![\w-])/g, say: telephone },
  {
    written: /(?<![\w.])(?:\+\d{1,3}[\s.-])?(?:\(\d{2,4}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}(?![\d-])/g,
    say: telephone,
  },
  { written: /(?<![\w.-])\d{3}-\d{4}(?![\d-])/g, say: telephone },
  { written: /(?<![\w.])\+\d{1,3}(?:[\s-]\d{2,5}){2,5}/g, say: telephone },
  {
    written: /(?<![\d.])(\d+(?:,\d{3})*)\s?(?:st|nd|rd|th)\b-?/gi,
    say: (all, digits = '') => `${ordinal(digits)}${all.endsWith('-') ? ' ' : ''}`,
  },
  {
    written: /(?<![\d/.])(\d+)[\s-](\d{1,2})\/(\d{1,3})(?![\d/])/g,
    say: (_all, whole = '', over = '', under = '') => `${cardinal(whole)} and ${fractionOf(over, under)}`,
  },
  {
    written: /(?<![\d/.])(\d{1,4})\/(\d{1,4})(?![\d/])/g,
    say: (_all, over = '', under = '') => fractionOf(over, under),
  },
  {
    written: /(\d?)([½¼¾⅓⅔⅛])/g,
    say: (_all, whole = '', sign = '') =>
      whole === '' ? ` ${FRACTIONS[sign] ?? ''}` : `${whole} and ${FRACTIONS[sign] ?? ''}`,
  },
  {
    written: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g,
    say: (address) => address.split('.').map(oneByOne).join(' dot '),
  },
  {
    written: /(?<![\d.])\d+(?:\.\d+){2,}/g,
    say: (version) => version.split('.').map(cardinal).join(' point '),
  },
  { written: /(\d)\s?-\s?(?=\d+\s?=)/g, say: (_all, digit = '') => `${digit} minus ` },
  { written: /(?<!\d)(\d{1,3}):(?=\d{1,3}(?!\d))/g, say: (_all, digits = '') => `${digits} to ` },
  { written: /(?<!\d)(\d{3,})\s?[x×]\s?(?=\d{3})/g, say: (_all, digits = '') => `${digits} by ` },
  { written: /(\d)\s?[x×](?=\s?\d|\b)\s?/g, say: (_all, digit = '') => `${digit} times ` },
  {
    written: /(\d)\s?(M|bn)\b/g,
    say: (_all, digit = '', scale = '') => `${digit} ${scale === 'M' ? 'million' : 'billion'}`,
  },
  {
    written: /(?<![\p{L}\d][-–]?)([1-9]\d{3})[-–](\d{2})(?![\d-])/gu,
    say: (_all, from = '', to = '') => `${year(from)} to ${cardinal(to)}`,
  },
  {
    written: /(?<![\p{L}\d.,][-–]?)(\d[\d,]*(?:\.\d+)?)(?:[-–]|\s[-–]\s)(?=\d+(?:[^\d-]|$))/gu,
    say: (_all, from = '') => `${from} to `,
  },
  {
    written: /(?<![\p{L}\p{N})])\s?[-−](?=\.?\d)/gu,
    say: (all) => `${all.startsWith(' ') ? ' ' : ''}minus `,
  },
  { written: /#\s?(?=\d)/g, say: () => 'number ' },
  // Models and standards: SHA-256, A380.
  {
    written: /(?<=\p{L})-?([1-9])(\d[1-9]|[1-9]0)(?!\d)/gu,
    say: (_all, first = '', last = '') =>
      ` ${cardinal(first)} ${last.startsWith('0') ? 'oh ' : ''}${cardinal(last)}`,
  },
  { written: /(?<=\d)-?(?=\p{L})|(?<=\p{L})-?(?=\d)/gu, say: () => ' ' },
  { written: /\d{1,3}(?:,\d{3})+(?:\.\d+)?/g, say: decimal },
  { written: /(?<!\d)\d*\.\d+/g, say: decimal },
  { written: /\d+/g, say: plain },
]
