import type { JsonTable } from './json-table.js'
import { accented, emphasised, lastStressed } from './stress.js'
import { endingsOf } from './suffixes.js'
import type { Tag } from './tagger.js'

/** What decides between the readings of one word. */
export interface WordContext {
  readonly tag: Tag
  /** Whether another word follows before the next mark: "I have it" and "I have." */
  readonly isFollowed: boolean
}

/** An entry of the lexicon: one reading, or one for each part of speech; null has the word spelled. */
type Entry = string | Readonly<Record<string, string | null>>

/** The part of speech under which the lexicon holds several of the tagger's. */
const PARENTS: readonly (readonly [prefix: string, parent: string])[] = [
  ['VB', 'VERB'],
  ['NN', 'NOUN'],
  ['RB', 'ADV'],
  ['JJ', 'ADJ'],
]

/** Words of English letters, with apostrophes and accents left to the caller. */
const WORD = /^[A-Za-z'-]+$/

/**
 * Readings of words: a hand-made lexicon, a larger one behind it, and what can be derived from both: endings,
 * possessives, capitals. Pure.
 */
export class Lexicon {
  readonly #gold: JsonTable
  readonly #silver: JsonTable

  constructor(gold: JsonTable, silver: JsonTable) {
    this.#gold = gold
    this.#silver = silver
  }

  /**
   * The reading of a word in its context, with the stress that its capitals give it.
   * @returns undefined for a word that is in no lexicon and is no spelled abbreviation
   */
  read(word: string, context: WordContext): string | undefined {
    const form = this.#formOf(word, context.tag)
    const accent = word === word.toLowerCase() ? plain : word === word.toUpperCase() ? emphasised : accented
    const whole = this.#readForm(form, context)
    return whole === undefined ? undefined : accent(whole)
  }

  /** Whether a word is in a lexicon or derived from a word that is. */
  has(word: string): boolean {
    return this.#isListed(word) || this.#isDerived(word)
  }

  /** Letters by their names: "F B I". Undefined where there is none. */
  spell(word: string): string | undefined {
    let names = ''
    for (const letter of word.toUpperCase()) {
      if (!/[A-Z]/.test(letter)) continue
      names += this.#gold.get(letter) as string
    }
    return names === '' ? undefined : lastStressed(names)
  }

  /** The form under which a word is looked up: small letters where capitals mean nothing of their own. */
  #formOf(word: string, tag: Tag): string {
    const lower = word.toLowerCase()
    const isCased = word === word.toUpperCase() || word.slice(1) === lower.slice(1)
    if (word.length < 2 || word === lower || !isCased || this.#isListed(word)) return word
    if (tag === 'NNP' && word.length <= 7) return word
    return this.#isListed(lower) || this.#isDerived(lower) ? lower : word
  }

  #readForm(word: string, context: WordContext): string | undefined {
    if (this.#isKnown(word)) return this.#lookUp(word, context)
    if (word.endsWith("s'") && this.#isKnown(`${word.slice(0, -2)}'s`)) {
      return this.#lookUp(`${word.slice(0, -2)}'s`, context)
    }
    if (word.endsWith("'") && this.#isKnown(word.slice(0, -1)))
      return this.#lookUp(word.slice(0, -1), context)
    for (const { stems, sound } of endingsOf(word)) {
      const stem = stems.find((one) => this.#isKnown(one))
      if (stem === undefined) continue
      const reading = this.#lookUp(stem, context)
      if (reading !== undefined) return sound(reading)
    }
    return undefined
  }

  #lookUp(word: string, context: WordContext): string | undefined {
    const isUpper = word === word.toUpperCase()
    const form = isUpper && this.#goldEntry(word) === undefined ? word.toLowerCase() : word
    const isName = form !== word && context.tag === 'NNP'
    const entry = this.#goldEntry(form) ?? (isName ? undefined : this.#silverEntry(form))
    const reading = entry === undefined ? undefined : choose(entry, context)
    if (reading === undefined || reading === null || (isName && !reading.includes('ˈ'))) {
      return isUpper || word.slice(1) === word.slice(1).toUpperCase()
        ? this.spell(word)
        : (reading ?? undefined)
    }
    return reading
  }

  #isListed(word: string): boolean {
    return this.#goldEntry(word) !== undefined || this.#silverEntry(word) !== undefined
  }

  #isDerived(word: string): boolean {
    return endingsOf(word).some(({ stems }) => stems.some((stem) => this.#isKnown(stem)))
  }

  /** Whether a word has a reading: it is listed, or its capitals ask for being spelled. */
  #isKnown(word: string): boolean {
    if (!WORD.test(word)) return false
    if (this.#isListed(word) || word.length === 1) return true
    if (word === word.toUpperCase() && this.#goldEntry(word.toLowerCase()) !== undefined) return true
    return /^[A-Z]+$/.test(word.slice(1))
  }

  #goldEntry(word: string): Entry | undefined {
    return entryOf(this.#gold, word)
  }

  #silverEntry(word: string): Entry | undefined {
    return entryOf(this.#silver, word)
  }
}

/** A word as it is listed, or with its first letter's other case. */
function entryOf(table: JsonTable, word: string): Entry | undefined {
  const entry = table.get(word) as Entry | undefined
  if (entry !== undefined || word.length < 2) return entry
  const lower = word.toLowerCase()
  const capital = lower.charAt(0).toUpperCase() + lower.slice(1)
  if (word === lower) return table.get(capital) as Entry | undefined
  return word === capital ? (table.get(lower) as Entry | undefined) : undefined
}

function choose(entry: Entry, { tag, isFollowed }: WordContext): string | null | undefined {
  if (typeof entry === 'string') return entry
  if (!isFollowed && entry['None'] !== undefined) return entry['None']
  if (entry[tag] !== undefined) return entry[tag]
  const parent = PARENTS.find(([prefix]) => tag.startsWith(prefix))?.[1]
  return parent !== undefined && entry[parent] !== undefined ? entry[parent] : entry['DEFAULT']
}

function plain(phonemes: string): string {
  return phonemes
}
