import type { Mode } from '../conversation.js'
import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import { EXAMPLES } from '../i18n/texts.js'

export interface ComposerListener {
  /** These words are to be answered, or read aloud, now. */
  send(text: string, mode: Mode): void
  /** Silence is wanted. */
  interrupt(): void
}

/** Where words are written: Enter sends, Escape silences, from anywhere on the page. */
export class Composer {
  readonly #words = element('words', HTMLTextAreaElement)
  readonly #interrupt = element('interrupt', HTMLButtonElement)
  readonly #speak = element('speak', HTMLButtonElement)
  readonly #examples = element('examples', HTMLDivElement)
  readonly #modes = element('mode', HTMLDivElement).querySelectorAll('input')
  readonly #language: Language
  readonly #listener: ComposerListener
  #connected = false

  constructor(language: Language, listener: ComposerListener) {
    this.#language = language
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
    for (const mode of this.#modes) mode.addEventListener('change', () => this.#showMode())
    language.follow(() => this.#showMode())
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

  /** Shows whether anybody answers here. */
  set answers(answers: boolean) {
    for (const mode of this.#modes) {
      if (mode.value === 'ask') mode.disabled = !answers
      else if (!answers) mode.checked = true
    }
    this.#showMode()
  }

  get #mode(): Mode {
    return [...this.#modes].some(({ value, checked }) => value === 'ask' && checked) ? 'ask' : 'say'
  }

  #send(): void {
    const text = this.#words.value.trim()
    if (text === '' || !this.#connected) return
    this.#words.value = ''
    this.#focus()
    this.#listener.send(text, this.#mode)
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

  #showMode(): void {
    const mode = this.#mode
    this.#words.placeholder = this.#language.text(mode === 'ask' ? 'askHint' : 'sayHint')
    this.#speak.textContent = this.#language.text(mode === 'ask' ? 'ask' : 'speak')
    const buttons = EXAMPLES[this.#language.code][mode].map((sentence) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = sentence
      button.disabled = !this.#connected
      button.addEventListener('click', () => this.#listener.send(sentence, mode))
      return button
    })
    this.#examples.replaceChildren(...buttons)
  }
}
