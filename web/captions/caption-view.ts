import type { CaptionNow } from './caption-track.js'

/** Shows a caption word by word, and reads each one out to who cannot see it. */
export class CaptionView {
  readonly #said: HTMLElement
  readonly #coming: HTMLElement
  readonly #announcer: HTMLElement
  #text = ''
  #length = -1

  /**
   * @param visible where the words appear, said and coming
   * @param announcer a live region
   */
  constructor(visible: HTMLElement, announcer: HTMLElement) {
    this.#said = document.createElement('span')
    this.#coming = document.createElement('span')
    this.#coming.className = 'coming'
    // One box for both: what has been said flows into what is coming.
    const line = document.createElement('span')
    line.append(this.#said, this.#coming)
    visible.replaceChildren(line)
    this.#announcer = announcer
  }

  /** Touches the document only where something changes: it is called for every repaint. */
  show(now: CaptionNow | undefined): void {
    const text = now?.caption.text ?? ''
    const said = now?.said ?? 0
    if (text === this.#text && said === this.#length) return
    if (text !== this.#text && text !== '') this.#announcer.textContent = text
    this.#text = text
    this.#length = said
    this.#said.textContent = text.slice(0, said)
    this.#coming.textContent = text.slice(said)
  }

  /** Leaves what was said, without what was not. */
  cut(): void {
    this.#coming.textContent = this.#coming.textContent === '' ? '' : '—'
    this.#text = ''
    this.#length = -1
  }

  clear(): void {
    this.show(undefined)
  }
}
