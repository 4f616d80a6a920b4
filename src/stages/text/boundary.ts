/** Where a text may be cut for speaking, found character by character. Pure tables and tests on strings. */

/** How good a place is for a cut: the end of a sentence, of a clause, or between two words. */
export type BoundaryKind = 'sentence' | 'clause' | 'word'

/** A place where a text may be cut: before index `end`. */
export interface Boundary {
  readonly end: number
  readonly kind: BoundaryKind
}

/** Abbreviations that a name or a number follows: never the end of a sentence. */
const BEFORE_A_NAME = new Set(
  'mr mrs ms mx dr prof st gen col lt sgt capt rev hon pres gov sen rep fig figs no nos vol ch sec eq pp ed eds vs cf ca al approx est'.split(
    ' ',
  ),
)

/** Abbreviations that may end a sentence, when a capital letter follows. */
const BEFORE_ANYTHING = new Set(
  'etc inc ltd co corp jr sr ave blvd dept univ jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun min max'.split(
    ' ',
  ),
)

/** Closing marks that belong to the sentence before them. */
const CLOSERS = /["'”’»)\]}」』】》〉〕）］｝]/

/**
 * What is swallowed behind a boundary, up to the next character that begins something: spaces and pictures. Line
 * breaks only behind a sentence, since behind anything less they are the better boundary.
 */
const TRAILING =
  /\s|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0e|\ufe0f/u
const TRAILING_INLINE =
  / |\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u200d|\ufe0e|\ufe0f/u

/** Enough to hold an abbreviation and what tells it from a word, so that no long text is copied for a full stop. */
const LONGEST_ABBREVIATION = 16

const WIDE_SENTENCE_ENDS = /[。！？｡]/
const SENTENCE_ENDS = /[.!?…。！？｡]/
const WIDE_CLAUSE_ENDS = /[，、；：]/
const CLAUSE_ENDS = /[,;:]/
const DASHES = /[—–]/
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const CAPITAL = /\p{Lu}/u
const SMALL = /\p{Ll}/u

/** Length of the character at an index in UTF-16 units. */
export function widthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1
}

function characterAt(text: string, index: number): string {
  return index < text.length ? text.slice(index, index + widthAt(text, index)) : ''
}

/**
 * How long a character takes to say, in letters of English (about 14 a second): a syllable of its own for the wide
 * scripts, which are spoken at about 4 characters a second.
 */
export function speakingLength(character: string): number {
  return WIDE.test(character) ? 3 : 1
}

/** End of everything from `index` on that matches; the text's length when nothing else follows. */
function skip(text: string, index: number, pattern: RegExp): number {
  let end = index
  while (end < text.length && pattern.test(characterAt(text, end))) end += widthAt(text, end)
  return end
}

/**
 * The boundary that the character at `index` begins, if it does.
 *
 * The answer may depend on what follows (`3.` could become `3.14`), and swallows what follows: closing quotes, spaces
 * and emoji. `start` is where the segment in question begins, before which nothing is looked at. When {@link Boundary.end} is the text's length and more text may come, ask again later.
 */
export function boundaryAt(text: string, index: number, start = 0): Boundary | undefined {
  const character = text[index] ?? ''
  if (character === '\n') return lineBoundary(text, index)
  if (SENTENCE_ENDS.test(character)) return sentenceBoundary(text, index, start)
  if (WIDE_CLAUSE_ENDS.test(character)) return cut(text, skip(text, index + 1, CLOSERS), 'clause')
  if (CLAUSE_ENDS.test(character)) {
    const end = skip(text, index + 1, CLOSERS)
    return isSpaceOrEnd(text, end) ? cut(text, end, 'clause') : undefined
  }
  if (DASHES.test(character)) {
    // An en dash between digits is a range: 10–20.
    const isRange = character === '–' && !isSpaceOrEnd(text, index + 1)
    return isRange ? undefined : cut(text, skip(text, index, DASHES), 'clause')
  }
  if (character === ' ') return cut(text, index + 1, 'word')
  return undefined
}

function cut(text: string, index: number, kind: BoundaryKind): Boundary {
  return { end: skip(text, index, kind === 'sentence' ? TRAILING : TRAILING_INLINE), kind }
}

function isSpaceOrEnd(text: string, index: number): boolean {
  return index >= text.length || /\s/.test(text[index] ?? '')
}

/** A line break ends a sentence, unless a text that was wrapped by hand goes on in the next line. */
function lineBoundary(text: string, index: number): Boundary {
  const end = skip(text, index, TRAILING)
  const isParagraph = text.slice(index, end).includes('\n', 1)
  const goesOn = !isParagraph && SMALL.test(characterAt(text, end))
  return { end, kind: goesOn ? 'word' : 'sentence' }
}

function sentenceBoundary(text: string, index: number, start: number): Boundary | undefined {
  const marksEnd = skip(text, index, SENTENCE_ENDS)
  const marks = text.slice(index, marksEnd)
  const closed = skip(text, marksEnd, CLOSERS)
  const next = characterAt(text, skip(text, closed, TRAILING))

  if (/^(?:…+|\.{2,})$/.test(marks)) {
    // An ellipsis is a hesitation inside the sentence, unless what follows looks like a new one.
    const endsSentence = next === '' || (isSpaceOrEnd(text, closed) && !SMALL.test(next))
    return cut(text, closed, endsSentence ? 'sentence' : 'clause')
  }
  if (WIDE_SENTENCE_ENDS.test(marks)) return cut(text, closed, 'sentence')
  // "Really?" she said.
  if (closed > marksEnd && SMALL.test(next)) return cut(text, closed, 'clause')
  // A Latin full stop ends nothing when text touches it: 3.14, example.com, Yahoo!7.
  if (!isSpaceOrEnd(text, closed) && !WIDE.test(next) && !TRAILING.test(characterAt(text, closed)))
    return undefined
  if (
    marks === '.' &&
    closed === marksEnd &&
    isAbbreviation(text.slice(Math.max(start, index - LONGEST_ABBREVIATION), index), next)
  )
    return undefined
  return cut(text, closed, 'sentence')
}

/**
 * Whether a full stop belongs to the word before it.
 * @param before the end of the text in front of the full stop, from the segment's start at most
 * @param next the next character that is not a space, empty at the end
 */
function isAbbreviation(before: string, next: string): boolean {
  const word = /[\p{L}\p{N}.]+$/u.exec(before)?.[0] ?? ''
  const lower = word.toLowerCase()
  if (BEFORE_A_NAME.has(lower)) return next !== ''
  if (BEFORE_ANYTHING.has(lower)) return next !== '' && !CAPITAL.test(next) && !WIDE.test(next)
  // Acronyms and initials: U.S., e.g., a.m., J. Smith. "I." is far more often a pronoun than an initial.
  if (/^(?:\p{L}\.)+\p{L}$/u.test(word))
    return next !== '' && (SMALL.test(next) || /\p{Lu}\.\p{Lu}$/u.test(word))
  if (/^\p{Lu}$/u.test(word) && word !== 'I') return CAPITAL.test(next)
  // The number of a list item: "1. First".
  return /^\d{1,3}$/.test(word) && /(?:^|\n)\s*$/.test(before.slice(0, -word.length))
}
