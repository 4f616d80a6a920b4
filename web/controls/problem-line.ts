import { element } from '../elements.js'

/** Says what went wrong, until it no longer matters. */
export class ProblemLine {
  readonly #line = element('problem', HTMLParagraphElement)
  /** What new words do not end. */
  #lasting = ''

  show(message: string): void {
    this.#line.textContent = message
    this.#line.hidden = message === ''
  }

  /** Shows what will not be over soon: that there is no sound, say. */
  keep(message: string): void {
    this.#lasting = message
    this.show(message)
  }

  /** Words are sent: what was wrong with those before them is over. */
  clear(): void {
    this.show(this.#lasting)
  }
}
