import { remembered, remember } from '../preferences.js'
import { CHINESE, ENGLISH, type TextName } from './texts.js'

export type LanguageCode = 'en' | 'zh'

/**
 * The page's language. Elements say in their attributes which text is theirs: `data-text` their content, `data-label`
 * their accessible name, `data-hint` what an empty field says, `data-title` what a pointer is told.
 */
export class Language {
  readonly #listeners = new Set<() => void>()
  #code: LanguageCode

  constructor() {
    const first = remembered('language') ?? navigator.language
    this.#code = first.startsWith('zh') ? 'zh' : 'en'
  }

  get code(): LanguageCode {
    return this.#code
  }

  text(name: TextName): string {
    return (this.#code === 'zh' ? CHINESE : ENGLISH)[name]
  }

  /** Calls a listener now, and whenever the language changes. */
  follow(listener: () => void): void {
    this.#listeners.add(listener)
    listener()
  }

  change(code: LanguageCode): void {
    this.#code = code
    remember('language', code)
    this.apply()
    for (const listener of this.#listeners) listener()
  }

  /** Writes the texts into the document. */
  apply(): void {
    document.documentElement.lang = this.#code
    document.title = this.text('title')
    for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
      element.textContent = this.text(element.dataset['text'] as TextName)
    }
    this.#attribute('label', 'aria-label')
    this.#attribute('hint', 'placeholder')
    this.#attribute('title', 'title')
  }

  #attribute(key: string, attribute: string): void {
    for (const element of document.querySelectorAll<HTMLElement>(`[data-${key}]`)) {
      element.setAttribute(attribute, this.text(element.dataset[key] as TextName))
    }
  }
}
