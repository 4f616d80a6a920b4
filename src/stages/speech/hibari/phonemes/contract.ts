/** What the front end takes and gives: see {@link FrontEnd}. */

/** The contents of the voice's files, as bytes of JSON. */
export interface FrontEndFiles {
  /** Words read by hand: `{ word: phonemes | { DEFAULT, NOUN, VBD, None, … } }`. */
  readonly goldLexicon: Uint8Array
  /** Many more words, read by machine. */
  readonly silverLexicon: Uint8Array
  /** Weights of an averaged perceptron that tells parts of speech: `{ tags, tagdict, vocab, weights }`. */
  readonly tagger: Uint8Array
  /** `{ symbol: id }` of every symbol that the voice can say. */
  readonly vocabulary: Uint8Array
}

/** A word that no lexicon holds. */
export interface UnknownWord {
  /** The word as it is written: letters, accents and apostrophes. */
  readonly word: string
  /** Where its reading begins in {@link Reading.phonemes}, in UTF-16 units. */
  readonly start: number
}

/** How a clause is spoken. */
export interface Reading {
  /**
   * Phonemes in the voice's alphabet (that of misaki), with stress marks, spaces between words and the punctuation
   * that shapes melody. Every character is in the vocabulary. Empty when nothing can be read.
   */
  readonly phonemes: string
  /** Words that were guessed, in order: neither in a lexicon nor given by {@link ReadUnknownWord}. */
  readonly unknown: readonly UnknownWord[]
}

/**
 * Reads a word that no lexicon holds.
 * @param word letters, accents and apostrophes, as they are written
 * @returns phonemes in the voice's alphabet; undefined to have the word guessed
 */
export type ReadUnknownWord = (word: string) => string | undefined

/** English text to phonemes. Pure and synchronous; safe to share between turns. */
export interface FrontEnd {
  /** Reads a clause of cleaned text, numbers and signs included. Never throws, whatever the text. */
  read(clause: string, readUnknown?: ReadUnknownWord): Reading
  /** Ids of phonemes for the acoustic model, without the zeros at both ends. */
  ids(phonemes: string): number[]
}
