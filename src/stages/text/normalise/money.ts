import { cardinal, decimal } from './number-words.js'
import { anyOf, type Rule } from './rule.js'

interface Currency {
  readonly one: string
  readonly several: string
  /** The hundredth part, for the two digits behind the point. */
  readonly cent?: readonly [one: string, several: string]
}

const CENTS = ['cent', 'cents'] as const

const CURRENCIES: Readonly<Record<string, Currency>> = {
  $: { one: 'dollar', several: 'dollars', cent: CENTS },
  '€': { one: 'euro', several: 'euros', cent: CENTS },
  '£': { one: 'pound', several: 'pounds', cent: ['penny', 'pence'] },
  '¥': { one: 'yen', several: 'yen' },
  '₹': { one: 'rupee', several: 'rupees' },
  '₩': { one: 'won', several: 'won' },
  US$: { one: 'US dollar', several: 'US dollars', cent: CENTS },
  USD: { one: 'US dollar', several: 'US dollars', cent: CENTS },
  EUR: { one: 'euro', several: 'euros', cent: CENTS },
  GBP: { one: 'pound', several: 'pounds', cent: ['penny', 'pence'] },
  JPY: { one: 'yen', several: 'yen' },
  CHF: { one: 'Swiss franc', several: 'Swiss francs' },
}

const SCALES: Readonly<Record<string, string>> = {
  k: 'thousand',
  K: 'thousand',
  m: 'million',
  M: 'million',
  bn: 'billion',
  B: 'billion',
  T: 'trillion',
}

const SIGN = anyOf(Object.keys(CURRENCIES))
const NUMBER = String.raw`(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)`
const SCALE = String.raw`(?:\s?(hundred|thousand|million|billion|trillion)\b|(${anyOf(Object.keys(SCALES))})\b)?`

function amountOf(sign: string, number: string, word: string, letter: string): string {
  const currency = CURRENCIES[sign]
  if (currency === undefined) return `${sign} ${number}`
  const scale = word === '' ? (SCALES[letter] ?? '') : word
  if (scale !== '') return `${decimal(number)} ${scale} ${currency.several}`
  const [whole = '', part = ''] = number.split('.')
  if (part.length !== 2 || currency.cent === undefined) {
    return `${decimal(number)} ${number === '1' ? currency.one : currency.several}`
  }
  const units = `${cardinal(whole)} ${whole === '1' ? currency.one : currency.several}`
  const cents = `${cardinal(part)} ${part === '01' ? currency.cent[0] : currency.cent[1]}`
  if (Number(part) === 0) return units
  return Number(whole) === 0 ? cents : `${units} and ${cents}`
}

/** Sums of money, with the sign on either side. */
export const MONEY_RULES: readonly Rule[] = [
  {
    written: new RegExp(
      `(?<!\\w)(${SIGN})${NUMBER}(?:[-–]|\\s[-–]\\s)(?:${SIGN})?${NUMBER}${SCALE}(?!\\d)`,
      'g',
    ),
    say: (_all, sign = '', from = '', to = '', word = '', letter = '') =>
      `${decimal(from)} to ${amountOf(sign, to, word, letter)}`,
  },
  {
    written: new RegExp(`(?<![\\w])(-)?(${SIGN})\\s?${NUMBER}${SCALE}(?![\\d])`, 'g'),
    say: (_all, minus = '', sign = '', number = '', word = '', letter = '') =>
      `${minus === '' ? '' : 'minus '}${amountOf(sign, number, word, letter)}`,
  },
  {
    written: new RegExp(`(?<![\\w.,])${NUMBER}${SCALE}\\s?(${SIGN})(?![\\w])`, 'g'),
    say: (_all, number = '', word = '', letter = '', sign = '') => amountOf(sign, number, word, letter),
  },
  {
    written: /(?<![\w.,])(\d+)\s?¢/g,
    say: (_all, number = '') => `${cardinal(number)} ${number === '1' ? 'cent' : 'cents'}`,
  },
  { written: /\bRs\.?\s?(\d[\d,]*)/g, say: (_all, number = '') => `${cardinal(number)} rupees` },
]
