/**
 * Cuts written words into what is read and what is tagged. Expects normalised text: letters, apostrophes, hyphens and
 * punctuation.
 */

/** A part of a word that is read at once: "well" and "known". */
export interface WordPart {
  readonly text: string
  /** Which of the clause's tokens says its part of speech. */
  readonly token: number
}

/** A word with its parts, letters to be spelled, a mark, or the space between. */
export type Piece =
  | { readonly kind: 'word'; readonly text: string; readonly parts: readonly WordPart[] }
  | { readonly kind: 'letters'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: string }
  | { readonly kind: 'space' }

export interface Tokens {
  readonly pieces: readonly Piece[]
  /** What the tagger sees: words, clitics, hyphens and marks. */
  readonly tokens: readonly string[]
}

const PIECE =
  /\s+|(?:\p{Lu}\p{Ll}|\p{L})(?:\.(?:\p{Lu}\p{Ll}|\p{L}))+(?![\p{L}])\.?(?:'s)?|[\p{L}\p{M}'-]+|\.{2,}|[^]/gu

/** Letters with points between them: "U.S.", "a.m." */
const ABBREVIATION = /^\p{L}{1,2}\.\p{L}/u

/** What is cut off at the end of a word for tagging. */
const CLITIC = /^(.+?)(n't|'(?:s|ll|re|ve|d|m))$/i

/** Words that begin with an apostrophe; before any other word it is a quotation mark. */
const LEADING = /^'(?:tis|twas|twere|twill|twould|cause|em|til|bout|round|n)\b/i

/** A capital behind a small letter or in front of one is where a word of its own begins. */
const CAMEL = /\p{Lu}{2,}(?:s(?!\p{Ll}))?(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}']+|\p{Lu}/gu

export function tokenise(text: string): Tokens {
  const pieces: Piece[] = []
  const tokens: string[] = []
  for (const [piece] of text.matchAll(PIECE)) {
    if (/^\s/.test(piece)) pieces.push({ kind: 'space' })
    else if (ABBREVIATION.test(piece)) pieces.push(spelledOf(piece, tokens))
    else if (/\p{L}/u.test(piece)) pieces.push(wordOf(bare(piece), tokens))
    else if (!/^['-]+$|["“”]/.test(piece)) {
      tokens.push(piece)
      pieces.push({ kind: 'mark', text: piece })
    }
  }
  // The point of an abbreviation at the end also ends the sentence.
  if (pieces.at(-1)?.kind === 'letters' && text.endsWith('.')) pieces.push({ kind: 'mark', text: '.' })
  return { pieces, tokens }
}

/** The parts of a word that is written with capitals inside: "Git" and "Hub", "Chat" and "GPT". */
export function camelParts(word: string): readonly string[] {
  return word.match(CAMEL) ?? [word]
}

/** Without hyphens and quotation marks around it. An apostrophe at the end is heard in "goin'" only. */
function bare(word: string): string {
  const inner = word.replace(/^-+|-+$/g, '')
  const opened = LEADING.test(inner) ? inner : inner.replace(/^'+/, '')
  return /in'$/i.test(opened) ? opened : opened.replace(/'+$/, '')
}

function spelledOf(text: string, tokens: string[]): Piece {
  tokens.push(text)
  return { kind: 'letters', text: text.replaceAll('.', '') }
}

function wordOf(text: string, tokens: string[]): Piece {
  const parts: WordPart[] = []
  for (const part of text.split(/-+/)) {
    if (parts.length > 0) tokens.push('-')
    const [, stem = part, clitic] = CLITIC.exec(part) ?? []
    parts.push({ text: part, token: tokens.length })
    tokens.push(stem)
    if (clitic !== undefined) tokens.push(clitic)
  }
  return { kind: 'word', text, parts }
}
