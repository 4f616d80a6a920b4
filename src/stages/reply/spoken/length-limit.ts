/** From this share of the longest answer on, the end of a sentence is the end. */
const SHARE = 0.8
const SENTENCE_END = /[.!?…]["'”’)]*(?=\s)|[。！？]["'”’）」]*|\n/g
const SENTENCE_MAY_END = /[.!?…]["'”’)]*$/

/** Cuts an answer that is too long, behind a sentence where one ends in the last fifth. */
export class LengthLimit {
  readonly #most: number
  #length = 0
  #isReached = false
  /** The last piece ended with what ends a sentence, if a space follows. */
  #mayBeSentenceEnd = false

  /** @param most longest answer, in characters (UTF-16 code units) */
  constructor(most: number) {
    this.#most = most
  }

  /** Nothing more will be taken. */
  get isReached(): boolean {
    return this.#isReached
  }

  /** Takes the next piece and returns as much of it as there is room for. */
  take(text: string): string {
    if (this.#isReached) return ''
    const start = this.#length
    if (this.#mayBeSentenceEnd && /^\s/.test(text) && start >= this.#most * SHARE) {
      this.#isReached = true
      return ''
    }
    this.#mayBeSentenceEnd = SENTENCE_MAY_END.test(text)
    this.#length += text.length
    for (const { index, 0: mark } of text.matchAll(SENTENCE_END)) {
      const end = index + mark.length
      if (start + end > this.#most) break
      if (start + end < this.#most * SHARE) continue
      this.#isReached = true
      return text.slice(0, end)
    }
    if (this.#length <= this.#most) return text
    this.#isReached = true
    const room = this.#most - start
    // Never half a character.
    const splits = /[\ud800-\udbff]/.test(text[room - 1] ?? '')
    return text.slice(0, splits ? room - 1 : room)
  }
}
