import { cleanText } from '../../text/clean.js'
import { MarkdownFilter } from './markdown.js'
import { ThoughtFilter } from './thoughts.js'

/** Half of a character, or of a line break, at the end of a piece. */
const HALF = /[\ud800-\udbff\r]$/

/**
 * Makes words that can be spoken, and shown as a caption, of what a language model writes piece by piece: without its
 * thoughts, Markdown, emoji and what has no sound. See {@link ThoughtFilter} and {@link MarkdownFilter}.
 */
export class SpokenText {
  readonly #thoughts = new ThoughtFilter()
  readonly #markdown = new MarkdownFilter()
  #half = ''

  /** Adds a piece and returns the words that are certain now; often none, or those of the piece before. */
  push(delta: string): string {
    const text = this.#half + delta
    this.#half = HALF.exec(text)?.[0] ?? ''
    const whole = text.slice(0, text.length - this.#half.length)
    return this.#markdown.push(this.#thoughts.push(cleanText(whole)))
  }

  /** Returns what is left. */
  flush(): string {
    const rest = this.#markdown.push(this.#thoughts.push(cleanText(this.#half)) + this.#thoughts.flush())
    return rest + this.#markdown.flush()
  }
}
