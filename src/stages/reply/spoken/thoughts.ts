/** Tags between which reasoning models think aloud. */
const OPENING = /<(think|thinking|thought|reasoning)>/iy
const CLOSING = /<\/(?:think|thinking|thought|reasoning)>/iy
/** The beginning of such a tag, where the text ends in the middle of it. */
const BEGUN = /<\/?[a-z]{0,9}$/iy
const SPACES = /[ \n]*/y

/** Longest closing tag, `</reasoning>`: as much is kept of thoughts, so that a tag in two pieces is found. */
const LONGEST_TAG = 12

/**
 * Takes the thoughts of a reasoning model out of an answer that arrives in pieces: everything between `<think>` at the
 * beginning of a line and `</think>`, or the end. A tag inside a line is text: somebody may ask about it.
 *
 * Expects line breaks to be `\n`. Holds one tag at most.
 */
export class ThoughtFilter {
  #pending = ''
  #closing: RegExp | undefined
  #isLineStart = true

  /** Adds a piece and returns what is no thought. */
  push(text: string): string {
    this.#pending += text
    return this.#drain(false)
  }

  /** Returns what is left. Thoughts that never ended are dropped. */
  flush(): string {
    return this.#drain(true)
  }

  #drain(isFinal: boolean): string {
    let said = ''
    while (this.#pending !== '') {
      const piece = this.#closing === undefined ? this.#speak(isFinal) : this.#skipThoughts(this.#closing)
      if (piece === undefined) break
      said += piece
    }
    return said
  }

  /** Text up to where the next tag may begin; undefined when more must be seen. */
  #speak(isFinal: boolean): string | undefined {
    const text = this.#pending
    const lead = this.#isLineStart ? (matchAt(SPACES, text, 0)?.[0] ?? '') : ''
    if (this.#isLineStart && lead.length < text.length) {
      const opening = matchAt(OPENING, text, lead.length)
      if (opening !== undefined) {
        this.#closing = new RegExp(`</${opening[1]!}>`, 'i')
        return this.#take(lead.length + opening[0].length, lead)
      }
      // A template may have opened the thoughts in the question: only their end is in the answer.
      const closing = matchAt(CLOSING, text, lead.length)
      if (closing !== undefined) return this.#take(lead.length + closing[0].length, lead)
      if (!isFinal && matchAt(BEGUN, text, lead.length) !== undefined) return undefined
    }
    const lineEnd = text.indexOf('\n', lead.length)
    this.#isLineStart = lineEnd >= 0 || lead.length === text.length
    return this.#take(lineEnd >= 0 ? lineEnd + 1 : text.length)
  }

  /** Drops thoughts, their end included; undefined while their end has not come. */
  #skipThoughts(closing: RegExp): string | undefined {
    const end = closing.exec(this.#pending)
    if (end === null) {
      this.#pending = this.#pending.slice(-LONGEST_TAG)
      return undefined
    }
    this.#closing = undefined
    this.#isLineStart = true
    return this.#take(end.index + end[0].length, '')
  }

  #take(length: number, said = this.#pending.slice(0, length)): string {
    this.#pending = this.#pending.slice(length)
    return said
  }
}

function matchAt(pattern: RegExp, text: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index
  return pattern.exec(text) ?? undefined
}
