import type { SessionStart } from 'phiz/client'
import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'

/** The name of the reply that is a script. */
const PERSONA = 'persona'

/** Says who it is that answers. */
export class Answerer {
  readonly #line = element('answers', HTMLParagraphElement)
  readonly #language: Language
  #session: SessionStart | undefined

  constructor(language: Language) {
    this.#language = language
    language.follow(() => this.#show())
  }

  /** Takes who answers in a session. @returns whether anybody does */
  show(session: SessionStart): boolean {
    this.#session = session
    this.#show()
    return session.engines['reply'] !== undefined
  }

  #show(): void {
    if (this.#session === undefined) return
    const reply = this.#session.engines['reply']
    this.#line.textContent =
      reply === undefined
        ? this.#language.text('nobodyAnswers')
        : reply === PERSONA
          ? this.#language.text('personaAnswers')
          : `${this.#language.text('modelAnswers')} ${reply}`
  }
}
