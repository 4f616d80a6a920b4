import { CHINESE_DIGITS, ENGLISH_MONTHS, SINGULAR, SYMBOLS } from './symbols.js'

/** Words longer than this are cut, so that an engine's word buffer is never reached. No language has such words. */
const LONGEST_WORD = 60

/**
 * Writes signs and numbers out the way they are said in one language. The result holds letters, digits, spaces and
 * plain punctuation only, so that an engine that parses mark-up (espeak reads SSML and `[[phonemes]]`) finds none, and
 * nothing has to be escaped. Apply to a run of that language; for a language other than English and
 * Mandarin, signs are left out.
 * @param language `en`, `zh` or any other code
 * @returns text without mark-up characters; empty when nothing in it can be read
 */
export function spellOut(text: string, language: string): string {
  const spelling = language === 'zh' ? CHINESE : language === 'en' ? ENGLISH : OTHER
  const spelled = spelling
    .numbers(text)
    .replace(SIGN, (sign) => ` ${spelling.name(sign) ?? ''} `)
    .replace(/\s*[—–]+\s*/g, ', ')
    .replace(/(?:\.{2,}|…+)/g, ', ')
    .replace(spelling.unreadable, ' ')
    .replace(LONG_WORD, '$& ')
    .replace(/\s+/g, ' ')
    .replace(/ (?=[,.!?;:])/g, '')
    .trim()
  return /[\p{L}\p{N}]/u.test(spelled) ? spelled : ''
}

interface Spelling {
  /** Rewrites numbers with what stands around them. */
  readonly numbers: (text: string) => string
  readonly name: (sign: string) => string | undefined
  /** What is dropped: all but letters, digits, spaces and punctuation that no engine takes for mark-up. */
  readonly unreadable: RegExp
}

const ENGLISH: Spelling = {
  numbers: spellEnglish,
  name: (sign) => SYMBOLS[sign]?.en,
  unreadable: /[^\p{Script=Latin}0-9\s.,!?;:'’"()/\-。，、；：！？]|\p{M}/gu,
}

const CHINESE: Spelling = {
  numbers: spellChinese,
  name: (sign) => SYMBOLS[sign]?.zh,
  unreadable: /[^\p{Script=Han}\p{Script=Latin}0-9\s.,!?;:'’"()\-。，、；：！？]|\p{M}/gu,
}

const OTHER: Spelling = {
  numbers: (text) => text,
  name: () => undefined,
  unreadable: /[^\p{L}\p{M}\p{Nd}\s.,!?;:'’"()\-。，、；：！？]/gu,
}

const SIGN = /[\p{S}&@%§²³½¼¾‰]/gu
const LONG_WORD = new RegExp(`[^\\s\\p{Script=Han}]{${LONGEST_WORD}}`, 'gu')

const AMOUNT = /([$€£¥₹₩])\s?(\d+(?:,\d{3})*(?:\.\d+)?)(\s?(?:thousand|million|billion|trillion))?/g

function spellEnglish(text: string): string {
  return text
    .replace(/\b(\d{4})-(\d{2})-(\d{2})\b/g, (date, year: string, month: string, day: string) => {
      const name = ENGLISH_MONTHS[Number(month) - 1]
      return name === undefined ? date : `${name} ${Number(day)}, ${year}`
    })
    .replace(AMOUNT, (_all, sign: string, amount: string, scale: string | undefined) => {
      const unit = amount === '1' && scale === undefined ? SINGULAR[sign] : undefined
      return `${amount}${scale ?? ''} ${unit ?? SYMBOLS[sign]?.en ?? ''}`
    })
    .replace(/(?<=\b[CF])#/g, ' sharp')
    .replace(/#(?=\d)/g, 'number ')
    .replace(/#(?=\p{L})/gu, 'hashtag ')
    .replace(/(?<!\d)\d{3}-(?:\d{3}-)?\d{4}(?!\d)/g, (number) => spaced(number).replaceAll(' - ', ', '))
    .replace(/(\d)\s?[–-]\s?(?=\d+(?:\D|$))/g, (_all, digit: string) => `${digit} to `)
    .replace(/(?<![\p{L}\p{N}])[-−](?=\d)|(?<=\d\s?)−/gu, ' minus ')
    .replace(/~(?=\s?\d)/g, 'about ')
    .replace(/(?<![\d.])\d{10,}/g, spaced)
    .replace(/(?<![\d/])([13])\/([24])(?![\d/])/g, (all) => FRACTIONS[all] ?? all)
    .replace(/(?<!\d)\/|\/(?!\d)/g, ' ')
}

const FRACTIONS: Readonly<Record<string, string>> = {
  '1/2': 'one half',
  '1/4': 'one quarter',
  '3/4': 'three quarters',
}

function spellChinese(text: string): string {
  return text
    .replace(/[$€£¥₹₩]\s?(\d+(?:,\d{3})*(?:\.\d+)?)([万亿千百]*)/g, (all, amount: string, scale: string) => {
      return `${amount}${scale}${SYMBOLS[all[0] ?? '']?.zh ?? ''}`
    })
    .replace(/\b(\d{4})-(\d{2})-(\d{2})\b/g, (_all, year: string, month: string, day: string) => {
      return `${year}年${Number(month)}月${Number(day)}日`
    })
    .replace(/(\d)[,，](?=\d{3}(?!\d))/g, '$1')
    .replace(/\d{4}(?=\s?年)|(?<![\d.])(?:\d{9,}|0\d+)/g, chineseDigits)
    .replace(/(\d+(?:\.\d+)?)\s?%/g, '百分之$1')
    .replace(/(?<![\d/])(\d{1,4})\/(\d{1,4})(?![\d/])/g, '$2分之$1')
    .replace(/(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?!\d)/g, (_all, hour: string, minute: string) => {
      return minute === '00' ? `${hour}点` : `${hour}点${minute}分`
    })
    .replace(/(\d)\s?[-–—~～]\s?(?=\d)/g, '$1到')
    .replace(/(?<![\p{L}\p{N}])[-−](?=\d)/gu, '负')
    .replace(/(?<=\d\s?)−(?=\s?\d)/g, '减')
    .replace(/#(?=\d)/g, '第')
}

function chineseDigits(digits: string): string {
  return digits.replace(/\d/g, (digit) => CHINESE_DIGITS[Number(digit)] ?? digit)
}

function spaced(digits: string): string {
  return digits.split('').join(' ')
}
