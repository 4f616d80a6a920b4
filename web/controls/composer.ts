import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import { EXAMPLES } from '../i18n/texts.js'

export interface ComposerListener {
  /** These words are to be said now. */
  speak(text: string): void
  /** Silence is wanted. */
  interrupt(): void
}

/** Where words are written: Enter speaks, Escape silences, from anywhere on the page. */
export class Composer {
  readonly #words = element('words', HTMLTextAreaElement)
  readonly #interrupt = element('interrupt', HTMLButtonElement)
  readonly #speak = element('speak', HTMLButtonElement)
  readonly #examples = element('examples', HTMLDivElement)
  readonly #listener: ComposerListener
  #connected = false

  constructor(language: Language, listener: ComposerListener) {
    this.#listener = listener
    element('composer', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      this.#send()
    })
    this.#words.addEventListener('keydown', (event) => {
      // While characters are being composed, as Chinese is typed, Enter chooses among them.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.#send()
    })
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing) this.#stop()
    })
    this.#interrupt.addEventListener('click', () => this.#stop())
    language.follow(() => this.#showExamples(EXAMPLES[language.code]))
    this.show({ connected: false, speaking: false })
    this.#focus()
  }

  /** Shows what can be done now. */
  show({ connected, speaking }: { connected: boolean; speaking: boolean }): void {
    this.#connected = connected
    this.#speak.disabled = !connected
    this.#interrupt.disabled = !speaking
    for (const button of this.#examples.querySelectorAll('button')) button.disabled = !connected
  }

  #send(): void {
    const text = this.#words.value.trim()
    if (text === '' || !this.#connected) return
    this.#words.value = ''
    this.#focus()
    this.#listener.speak(text)
  }

  /** Not on a touch screen, where a keyboard would rise over the face. */
  #focus(): void {
    if (matchMedia('(pointer: fine)').matches) this.#words.focus()
  }

  #stop(): void {
    if (this.#interrupt.disabled) return
    // A button that can no longer be pressed would lose the focus.
    if (document.activeElement === this.#interrupt) this.#words.focus()
    this.#listener.interrupt()
  }

  #showExamples(sentences: readonly string[]): void {
    const buttons = sentences.map((sentence) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = sentence
      button.disabled = !this.#connected
      button.addEventListener('click', () => this.#listener.speak(sentence))
      return button
    })
    this.#examples.replaceChildren(...buttons)
  }
}
