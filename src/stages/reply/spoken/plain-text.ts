/** What in front of which no space belongs, once a picture between them is gone: "Great 🎉!". */
const CLOSING_MARK = /^[.,!?;:…。，！？；：、)\]]/

/**
 * Puts a text together of which parts are left out: white space around them becomes one space, or one or two line
 * breaks, and there is none at the beginning and the end.
 */
export class PlainText {
  #text = ''
  #gap: '' | ' ' | '\n' | '\n\n' = ''
  #hasLeftOut = false
  #isEmpty = true

  add(text: string): void {
    const hugs = this.#hasLeftOut && this.#gap === ' ' && CLOSING_MARK.test(text)
    if (!this.#isEmpty && !hugs) this.#text += this.#gap
    this.#text += text
    this.#gap = ''
    this.#hasLeftOut = false
    this.#isEmpty = false
  }

  space(): void {
    if (this.#gap === '') this.#gap = ' '
  }

  lineBreak(): void {
    this.#gap = this.#gap.startsWith('\n') ? '\n\n' : '\n'
  }

  /** Notes that something between two words is gone. */
  leaveOut(): void {
    this.#hasLeftOut = true
  }

  /** Returns what has come together since the last time. White space waits for the word behind it. */
  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }
}
