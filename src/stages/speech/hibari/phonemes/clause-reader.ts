import { NUMBER_WORDS } from '../../../text/normalise/number-words.js'
import { onsetOf } from './alphabet.js'
import { joinParts } from './compound.js'
import type { ReadUnknownWord } from './contract.js'
import { readFunctionWord, type Surroundings } from './function-words.js'
import type { Lexicon, WordContext } from './lexicon.js'
import { inEnglishLetters } from './spelling.js'
import { cliticOf, withS } from './suffixes.js'
import { ACCENTED, PREFIXES, SUPPLEMENT } from './supplement.js'
import type { Tag } from './tagger.js'
import { camelParts, type Piece, type Tokens, type WordPart } from './tokens.js'

/** How one piece of a clause is spoken. */
export interface PieceReading {
  readonly phonemes: string
  /** Words in it that were guessed. */
  readonly guessed: readonly string[]
}

/** Marks in their plain form. */
const MARKS: Readonly<Record<string, string>> = { '–': '—', '[': '(', '{': '(', ']': ')', '}': ')' }

/** Names that begin with a letter of their own: "O'Brien", "D'Angelo". */
const LETTER_AND_NAME = /^([OD])'([A-Z].*)$/

/** Reads one clause, from its end to its beginning: how a word sounds depends on the word behind it. */
export class ClauseReader {
  readonly #tokens: Tokens
  readonly #tags: readonly Tag[]
  readonly #lexicon: Lexicon
  readonly #readUnknown: ReadUnknownWord
  #next: 'vowel' | 'consonant' | undefined
  #isBeforeTo = false
  #guessed: string[] = []

  constructor(tokens: Tokens, tags: readonly Tag[], lexicon: Lexicon, readUnknown: ReadUnknownWord) {
    this.#tokens = tokens
    this.#tags = tags
    this.#lexicon = lexicon
    this.#readUnknown = readUnknown
  }

  /** The readings of the clause's pieces, in order. */
  read(): PieceReading[] {
    return fromTheEnd(this.#tokens.pieces, (piece) => {
      this.#guessed = []
      const phonemes = this.#pieceOf(piece)
      return { phonemes, guessed: this.#guessed.reverse() }
    })
  }

  #pieceOf(piece: Piece): string {
    switch (piece.kind) {
      case 'space':
        return ' '
      case 'mark':
        this.#isBeforeTo = false
        return this.#spoken(MARKS[piece.text] ?? piece.text)
      case 'letters':
        this.#isBeforeTo = false
        return this.#lettersOf(piece.text)
      case 'word': {
        const phonemes = this.#wordOf(piece.text, piece.parts)
        this.#isBeforeTo = piece.text.toLowerCase() === 'to'
        return phonemes
      }
    }
  }

  /** "US", "US's". */
  #lettersOf(text: string): string {
    const [letters = '', possessive] = text.split("'")
    const spelled = this.#lexicon.spell(inEnglishLetters(letters)) ?? ''
    return this.#spoken(possessive === undefined ? spelled : withS(spelled))
  }

  #wordOf(text: string, parts: readonly WordPart[]): string {
    const [first] = parts
    if (first === undefined) return ''
    if (parts.length === 1) return this.#partOf(first.text, first.token)
    const whole = this.#lexicon.read(inEnglishLetters(text), this.#context(first.token))
    if (whole !== undefined) return this.#spoken(whole)
    const readings = fromTheEnd(parts, (part) => {
      const prefix = part === first ? PREFIXES.get(part.text.toLowerCase()) : undefined
      return {
        text: part.text,
        phonemes: prefix === undefined ? this.#partOf(part.text, part.token) : this.#spoken(prefix),
      }
    })
    return joinParts(readings)
  }

  #partOf(text: string, token: number): string {
    const word = inEnglishLetters(text)
    if (!/[A-Za-z]/.test(word)) return ''
    const context = this.#context(token)
    const known =
      ACCENTED.get(text) ??
      readFunctionWord(word, context) ??
      SUPPLEMENT.get(word) ??
      this.#lexicon.read(word, context)
    return known === undefined ? this.#unlistedOf(text, word, token) : this.#spoken(known)
  }

  /** A word that is not listed but may be made of words that are. */
  #unlistedOf(text: string, word: string, token: number): string {
    const clitic = cliticOf(text)
    if (clitic !== undefined) return this.#spoken(clitic.sound(this.#partOf(clitic.stem, token)))
    const going = this.#goingFor(word, this.#context(token))
    if (going !== undefined) return this.#spoken(going)
    const [, letter, name] = LETTER_AND_NAME.exec(word) ?? []
    const parts = letter === undefined || name === undefined ? camelParts(word) : [letter, name]
    if (parts.length < 2) return this.#spoken(this.#unknownOf(text))
    return joinParts(fromTheEnd(parts, (part) => ({ text: part, phonemes: this.#partOf(part, token) })))
  }

  /** "goin'" as "going" with an n. */
  #goingFor(word: string, context: WordContext): string | undefined {
    if (!/in'$/i.test(word)) return undefined
    const going = this.#lexicon.read(`${word.slice(0, -1)}g`, context)
    return going?.endsWith('ŋ') === true ? `${going.slice(0, -1)}n` : undefined
  }

  #unknownOf(text: string): string {
    const word = text.replace(/[^\p{L}\p{M}']/gu, '')
    const given = this.#readUnknown(word)
    if (given !== undefined) return given
    this.#guessed.push(word)
    return this.#lexicon.spell(inEnglishLetters(word)) ?? ''
  }

  #context(token: number): Surroundings & WordContext {
    return {
      tag: this.#tags[token] ?? 'NN',
      next: this.#next,
      isFollowed: this.#next !== undefined,
      isBeforeTo: this.#isBeforeTo,
      isInNumber: this.#isNumber(token - 1) && this.#isNumber(token + 1),
    }
  }

  #isNumber(token: number): boolean {
    return NUMBER_WORDS.has(this.#tokens.tokens[token] ?? '')
  }

  /** Takes note of what the words in front are followed by. */
  #spoken(phonemes: string): string {
    const onset = onsetOf(phonemes)
    if (onset !== null) this.#next = onset
    return phonemes
  }
}

/** Maps from the last item to the first, and keeps the order. */
function fromTheEnd<T, R>(items: readonly T[], map: (item: T) => R): R[] {
  const mapped: R[] = []
  for (let index = items.length - 1; index >= 0; index--) mapped.push(map(items[index] as T))
  return mapped.reverse()
}
