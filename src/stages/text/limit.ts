import { InputError } from '../../errors.js'
import { cleanText, isSpeakable } from './clean.js'

/** Characters of one turn's text when nothing else is said: about twelve minutes of English speech. */
export const DEFAULT_MAX_CHARACTERS = 10_000

/** Number of characters (Unicode code points) of a text, which is what a user counts. */
export function countCharacters(text: string): number {
  let count = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    const startsPair = unit >= 0xd800 && unit < 0xdc00
    if (startsPair && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) index += 1
    count += 1
  }
  return count
}

/**
 * Refuses a text of more than `maxCharacters`.
 * @param characters length of the text, from {@link countCharacters}
 * @throws InputError naming both numbers
 */
export function checkLength(characters: number, maxCharacters: number): void {
  if (characters <= maxCharacters) return
  throw new InputError(
    `The text has ${characters} characters; at most ${maxCharacters} are allowed. Send it in several turns.`,
  )
}

/** The error for a text in which nothing can be heard. */
export function nothingToSpeak(): InputError {
  return new InputError(
    'There is nothing to speak: the text is empty or holds only spaces, punctuation or emoji. It needs a letter or a digit.',
  )
}

/**
 * Checks a whole text before a turn is started for it, so that a transport can refuse it at its door.
 * @throws InputError when the text is too long, or when there is nothing to speak
 */
export function checkText(text: string, maxCharacters: number = DEFAULT_MAX_CHARACTERS): void {
  checkLength(countCharacters(text), maxCharacters)
  if (!isSpeakable(cleanText(text))) throw nothingToSpeak()
}
