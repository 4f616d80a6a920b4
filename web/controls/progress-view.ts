import type { Language } from '../i18n/language.js'
import type { TextName } from '../i18n/texts.js'

/** Work that takes its time: what is being done, how far it is, and a button that gives it up. */
export class ProgressView {
  readonly #root: HTMLElement
  readonly #language: Language
  readonly #doing = document.createElement('span')
  readonly #bar = document.createElement('progress')
  readonly #cancel = document.createElement('button')
  #shown: TextName | undefined
  #stop: AbortController | undefined

  /** @param root an empty element for it; hidden while there is nothing to do */
  constructor(root: HTMLElement, language: Language) {
    this.#root = root
    this.#language = language
    root.classList.add('progress')
    root.hidden = true
    // The words are read out; the bar, which moves all the time, is not.
    this.#doing.role = 'status'
    this.#cancel.type = 'button'
    this.#cancel.className = 'quiet'
    this.#cancel.addEventListener('click', () => this.#stop?.abort())
    root.append(this.#doing, this.#cancel, this.#bar)
    language.follow(() => {
      this.#cancel.textContent = language.text('cancel')
      this.#say()
    })
  }

  /**
   * Shows some work until it ends.
   * @returns its result; undefined when it was given up
   * @throws what it throws otherwise
   */
  async during<T>(first: TextName, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const stop = new AbortController()
    this.#stop = stop
    this.show(first, 0)
    this.#root.hidden = false
    try {
      return await work(stop.signal)
    } catch (error) {
      if (stop.signal.aborted) return undefined
      throw error
    } finally {
      this.#root.hidden = true
      this.#stop = undefined
    }
  }

  /** @param share how much of it is done, 0–1; left out where that is not known */
  show(doing: TextName, share?: number): void {
    if (share === undefined) this.#bar.removeAttribute('value')
    else this.#bar.value = share
    if (doing === this.#shown) return
    this.#shown = doing
    this.#say()
  }

  #say(): void {
    const text = this.#shown === undefined ? '' : this.#language.text(this.#shown)
    this.#doing.textContent = text
    this.#bar.ariaLabel = text
  }
}
