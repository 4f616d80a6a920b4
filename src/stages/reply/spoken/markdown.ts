import { MARKUP_ELEMENTS } from '../../text/symbols.js'
import { EMOJI } from '../../text/clean.js'
import { PlainText } from './plain-text.js'

// Marks at the beginning of a line. Constructs: https://spec.commonmark.org/0.31.2/ and GitHub's tables.
// A fence of backticks has none in the rest of its line: that would be code inside the line.
const FENCE = / *(`{3,}(?=[^`\n]{0,100}(?:\n|$))|~{3,})/y
const FENCE_BEGUN = / *`{3,}[^`\n]{0,100}$/y
const RULE = / *(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,}|=+ *)(?=\n|$)/y
const TABLE_RULE = / *\|?(?: *:?-+:? *\|)+[ :-]*(?=\n|$)/y
const LINE_MARK = / *(?:#{1,6} +|[-*+•] +|> ?| (?=\S))/y
const TABLE_ROW = / *\| */y
/** A line of which nothing but marks has come: what they are may depend on the next character. */
const ONLY_MARKS = /[-*+•#>|=_`~: ]*$/y

// Marks inside a line. The bounds are what is held of a text that might be one.
const LINK = /!?\[([^\]\n]{0,300})\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,1000}(?: +"[^"\n]{0,100}")?\)/y
const LINK_BEGUN =
  /!?(?:\[[^\]\n]{0,300}(?:\](?:\((?:[^()\s]|\([^()\s]{0,200}\)){0,1000}(?:\([^()\s]{0,200}| +(?:"[^"\n]{0,100}"?)?)?)?)?)?$/y
const TAG = /<\/?([a-z][a-z0-9-]{0,20})(?:\s[^<>\n]{0,200})?\/?>/iy
const TAG_BEGUN = /<(?:\/?(?:[a-z][a-z0-9-]{0,20}(?:\s[^<>\n]{0,200})?\/?)?)?$/iy
const MARKS = /\*+|_+|~+|`+/y
const CELL_END = / *\| */y
/** Characters that nothing begins at. */
const PLAIN = /[^\s\\*_~`!<[|©®\u2000-\u3300\ud800-\udfff\ufdff-\ufe10]+/y

const ELEMENTS_THAT_BREAK = new Set(['br', 'p', 'li', 'tr', 'div', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'])

/** Longest run of marks that is held; a longer one is text. */
const MOST_MARKS = 120

/**
 * Makes plain text of Markdown that arrives in pieces: what a voice can say and a caption can show. Headings, lists,
 * quotes and tables become lines; links their words; emphasis, pictures, emoji, mark-up and code blocks vanish.
 *
 * Text leaves as soon as what follows cannot change it, so "Sure," is not held. However a text is cut into pieces, the
 * result is the same. Expects text from `cleanText`, whose line breaks are `\n`, and whole characters. Holds one
 * construct at most, 1300 characters.
 */
export class MarkdownFilter {
  readonly #out = new PlainText()
  #pending = ''
  /** The last character that was read. */
  #before = '\n'
  #isLineStart = true
  #isTable = false
  /** The fence that ends the block of code. */
  #fence: string | undefined
  #skipsLine = false

  /** Adds a piece and returns the plain text that is certain now. */
  push(text: string): string {
    this.#pending += text
    return this.#drain(false)
  }

  /** Returns what is left. */
  flush(): string {
    return this.#drain(true)
  }

  #drain(isFinal: boolean): string {
    let at = 0
    while (at < this.#pending.length) {
      const end = this.#step(this.#pending, at, isFinal)
      if (end === undefined) break
      if (end > at) this.#before = this.#pending[end - 1]!
      at = end
    }
    this.#pending = this.#pending.slice(at)
    return this.#out.take()
  }

  /** Reads what begins at an index and returns where it ends; undefined when more must be seen. */
  #step(text: string, at: number, isFinal: boolean): number | undefined {
    if (text[at] === '\n') return this.#endLine(at)
    if (this.#skipsLine) return lineEndOf(text, at)
    if (this.#isLineStart) {
      return !isFinal && mayChange(text, at) ? undefined : this.#beginLine(text, at)
    }
    return this.#inLine(text, at, isFinal)
  }

  #endLine(at: number): number {
    this.#out.lineBreak()
    this.#isLineStart = true
    this.#isTable = false
    this.#skipsLine = false
    return at + 1
  }

  #beginLine(text: string, at: number): number {
    const fence = match(FENCE, text, at)
    if (this.#fence !== undefined) {
      if (fence?.[1]?.startsWith(this.#fence)) this.#fence = undefined
      this.#skipsLine = true
      return at
    }
    if (fence !== undefined) {
      this.#fence = fence[1]
      this.#skipsLine = true
      return at
    }
    const rule = match(RULE, text, at) ?? match(TABLE_RULE, text, at)
    if (rule !== undefined) return at + rule[0].length
    const mark = match(LINE_MARK, text, at)
    // Marks may follow marks: "> - # Title".
    if (mark !== undefined) return at + mark[0].length
    this.#isLineStart = false
    const row = match(TABLE_ROW, text, at)
    this.#isTable = row !== undefined
    return at + (row?.[0].length ?? 0)
  }

  #inLine(text: string, at: number, isFinal: boolean): number | undefined {
    const character = text[at]!
    switch (character) {
      case ' ':
        this.#out.space()
        return at + 1
      case '\\':
        if (at + 1 < text.length) return this.#escaped(text, at)
        return isFinal ? at + 1 : undefined
      case '*':
      case '_':
      case '~':
      case '`':
        return this.#marks(text, at, isFinal)
      case '!':
      case '[':
        return this.#link(text, at, isFinal)
      case '<':
        return this.#tag(text, at, isFinal)
      case '|':
        return this.#isTable ? this.#cellEnd(text, at, isFinal) : this.#say(character, at)
      default:
        return this.#words(text, at)
    }
  }

  #say(text: string, at: number): number {
    this.#out.add(text)
    return at + text.length
  }

  #words(text: string, at: number): number {
    const plain = match(PLAIN, text, at)
    if (plain !== undefined) return this.#say(plain[0], at)
    const character = String.fromCodePoint(text.codePointAt(at)!)
    if (character.replace(EMOJI, '') !== '') return this.#say(character, at)
    this.#out.leaveOut()
    return at + character.length
  }

  /** A backslash makes text of a mark. */
  #escaped(text: string, at: number): number {
    const next = text[at + 1]!
    if (next === '\n') return at + 1
    if (!/[!-/:-@[-`{-~]/.test(next)) return this.#say('\\', at)
    this.#out.add(next)
    return at + 2
  }

  /** Emphasis and inline code, unless the marks are arithmetic or part of a name. */
  #marks(text: string, at: number, isFinal: boolean): number | undefined {
    const marks = match(MARKS, text, at)![0]
    const end = at + marks.length
    if (end >= text.length && !isFinal && marks.length < MOST_MARKS) return undefined
    const next = text[end] ?? '\n'
    if (isText(marks, this.#before, next)) return this.#say(marks, at)
    return end
  }

  /** A link is its words; a picture is nothing. */
  #link(text: string, at: number, isFinal: boolean): number | undefined {
    const link = match(LINK, text, at)
    if (link === undefined) {
      if (!isFinal && match(LINK_BEGUN, text, at) !== undefined) return undefined
      return this.#say(text[at]!, at)
    }
    const end = at + link[0].length
    if (text[at] === '!') {
      this.#out.leaveOut()
      return end
    }
    // The words may hold emphasis: they are read again, without the brackets.
    this.#pending = text.slice(0, at) + link[1]! + text.slice(end)
    return at
  }

  #tag(text: string, at: number, isFinal: boolean): number | undefined {
    const tag = match(TAG, text, at)
    const name = tag?.[1]?.toLowerCase() ?? ''
    if (tag !== undefined && MARKUP_ELEMENTS.has(name)) {
      if (ELEMENTS_THAT_BREAK.has(name)) this.#out.lineBreak()
      return at + tag[0].length
    }
    if (tag === undefined && !isFinal && match(TAG_BEGUN, text, at) !== undefined) return undefined
    return this.#say('<', at)
  }

  /** A line between two cells is a pause; the one at the row's end is nothing. */
  #cellEnd(text: string, at: number, isFinal: boolean): number | undefined {
    const end = at + match(CELL_END, text, at)![0].length
    if (end >= text.length && !isFinal) return undefined
    if (end < text.length && text[end] !== '\n') {
      this.#out.leaveOut()
      this.#out.add(',')
      this.#out.space()
    }
    return end
  }
}

/** Whether what comes may make other marks of those that a line begins with. */
function mayChange(text: string, at: number): boolean {
  if (match(FENCE_BEGUN, text, at) !== undefined) return true
  return text.length - at < MOST_MARKS && match(ONLY_MARKS, text, at) !== undefined
}

function isText(marks: string, before: string, next: string): boolean {
  if (marks.startsWith('`')) return false
  if (marks === '~') return true
  if (marks.startsWith('_')) return /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(next)
  if (marks !== '*') return false
  return (/\s/.test(before) && /\s/.test(next)) || (/\d/.test(before) && /\d/.test(next))
}

function lineEndOf(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function match(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index
  return pattern.exec(text) ?? undefined
}
