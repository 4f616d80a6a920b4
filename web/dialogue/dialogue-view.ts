import type { Language } from '../i18n/language.js'

export type Speaker = 'you' | 'face'

/** One thing that was said. */
export interface Row {
  /**
   * @param text all of it
   * @param heard how much of it has been heard, in characters
   */
  show(text: string, heard: number): void
  remove(): void
}

/** Rows that are kept; older ones are forgotten. */
const CAPACITY = 200
/** Pixels from the end at which a reader still counts as being there. */
const AT_END = 24

/** The list of what was said. It scrolls along while its reader is at the end, and not while they read back. */
export class DialogueView {
  readonly #list: HTMLElement
  readonly #empty: HTMLElement
  readonly #language: Language

  /**
   * @param list takes the rows
   * @param empty is shown while there is none
   */
  constructor(language: Language, list: HTMLElement, empty: HTMLElement) {
    this.#language = language
    this.#list = list
    this.#empty = empty
  }

  add(speaker: Speaker): Row {
    const row = document.createElement('p')
    const who = document.createElement('b')
    const heard = document.createElement('span')
    const coming = document.createElement('span')
    coming.className = 'coming'
    row.dataset['speaker'] = speaker
    who.className = 'unseen'
    who.textContent = `${this.#language.text(speaker)}: `
    row.append(who, heard, coming)
    row.hidden = true
    this.#list.append(row)
    while (this.#list.childElementCount > CAPACITY) this.#list.firstElementChild?.remove()
    return {
      show: (text, count) => {
        const follows = this.#isAtEnd()
        row.hidden = false
        this.#empty.hidden = true
        heard.textContent = text.slice(0, count)
        coming.textContent = text.slice(count)
        if (follows) this.#list.scrollTop = this.#list.scrollHeight
      },
      remove: () => {
        row.remove()
        this.#empty.hidden = this.#list.childElementCount > 0
      },
    }
  }

  #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#list
    return scrollHeight - scrollTop - clientHeight < AT_END
  }
}
