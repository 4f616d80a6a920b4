import { speakingLength } from './boundary.js'

/** A stretch of text in one language. */
export interface LanguageRun {
  /** `en`, `zh`, or the code of another language that its script stands for: see {@link LETTERS}. */
  readonly language: string
  readonly text: string
}

/**
 * Which language a letter is read in: that of its script. Latin script is read as English and Han as Mandarin. The
 * other scripts that the espeak voices read as their own languages are here; letters of any other are neutral, and
 * a speech engine skips what it cannot read.
 */
const LETTERS: readonly (readonly [language: string, letters: RegExp])[] = [
  ['en', /\p{Script=Latin}/u],
  ['zh', /[\p{Script=Han}〇]/u],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}ー]/u],
  ['ko', /\p{Script=Hangul}/u],
  ['ru', /\p{Script=Cyrillic}/u],
  ['el', /\p{Script=Greek}/u],
  ['ar', /\p{Script=Arabic}/u],
  ['he', /\p{Script=Hebrew}/u],
  ['hi', /\p{Script=Devanagari}/u],
]

const MARK = /\p{M}/u
const CHINESE_PUNCTUATION = /[。，、；：？！「」『』《》【】（）]/
/** Opening quotes and brackets belong to what follows them. */
const OPENING = /[\s]*["'“‘«([{「『《【（［]+$/
/** A number with the sign or currency in front of it. */
const FIRST_NUMBER = /[-−+$€£¥#№]*\p{N}/u

/**
 * Cuts a text into runs of one language each, in order; joined, they are the text. Digits and punctuation between
 * two languages go with the one they touch: "iPhone 15很好" is `iPhone ` and `15很好`, digits between Chinese
 * characters are Chinese.
 *
 * @param preferred language of a text without letters, such as "123"; by default Chinese when its punctuation is,
 *   otherwise English
 */
export function splitLanguages(text: string, preferred?: string): LanguageRun[] {
  const runs: { language: string; text: string }[] = []
  let neutral = ''
  for (const character of text) {
    const last = runs.at(-1)
    const language = MARK.test(character) ? undefined : languageOfLetter(character)
    if (language === undefined) {
      neutral += character
    } else if (last === undefined) {
      runs.push({ language, text: neutral + character })
      neutral = ''
    } else if (last.language === language) {
      last.text += neutral + character
      neutral = ''
    } else {
      const index = divide(neutral, last.language, language)
      last.text += neutral.slice(0, index)
      runs.push({ language, text: neutral.slice(index) + character })
      neutral = ''
    }
  }
  const last = runs.at(-1)
  if (last !== undefined) last.text += neutral
  else if (neutral !== '') runs.push({ language: languageWithoutLetters(text, preferred), text: neutral })
  return runs
}

/** The language that takes longest to say in a text; undefined when it has no letters. */
export function mainLanguage(text: string): string | undefined {
  const lengths = new Map<string, number>()
  for (const character of text) {
    const language = languageOfLetter(character)
    if (language !== undefined)
      lengths.set(language, (lengths.get(language) ?? 0) + speakingLength(character))
  }
  return [...lengths].sort(([, a], [, b]) => b - a)[0]?.[0]
}

function languageOfLetter(character: string): string | undefined {
  return LETTERS.find(([, letters]) => letters.test(character))?.[0]
}

function languageWithoutLetters(text: string, preferred: string | undefined): string {
  if (preferred !== undefined) return preferred.toLowerCase().startsWith('zh') ? 'zh' : 'en'
  return CHINESE_PUNCTUATION.test(text) ? 'zh' : 'en'
}

/** Where neutral text between two languages is cut. */
function divide(neutral: string, before: string, after: string): number {
  const number = FIRST_NUMBER.exec(neutral)
  if (number === null) return OPENING.exec(neutral)?.index ?? neutral.length
  const touchesBefore = !/\s/.test(neutral.slice(0, number.index))
  const touchesAfter = !/\s/.test(/\P{N}*$/u.exec(neutral)?.[0] ?? '')
  const goesAfter = touchesBefore === touchesAfter ? after === 'zh' || before !== 'zh' : touchesAfter
  return goesAfter ? number.index : neutral.length
}
