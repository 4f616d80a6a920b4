import type { EventOf } from 'phiz/client'
import { serverAddress } from '../connection/address.js'
import type { Conversation } from '../conversation.js'
import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'

/** Keeps what is said and seen as a film, and offers it when it is complete. */
export class RecordButton {
  readonly #button = element('record', HTMLButtonElement)
  readonly #status = element('recording', HTMLParagraphElement)
  readonly #language: Language
  #film: EventOf<'recording-end'> | undefined
  #isRecording = false

  constructor(language: Language, conversation: Conversation) {
    this.#language = language
    this.#button.addEventListener('click', () => conversation.record(this.#isRecording ? 'stop' : 'start'))
    conversation.followSession(({ resumed }) => {
      this.#button.disabled = false
      if (!resumed) this.#change(false)
    })
    conversation.on('recording-start', () => {
      this.#film = undefined
      this.#change(true)
    })
    conversation.on('recording-end', (film) => {
      this.#film = film
      this.#change(false)
    })
    conversation.on('close', () => (this.#button.disabled = true))
    language.follow(() => this.#show())
  }

  #change(isRecording: boolean): void {
    this.#isRecording = isRecording
    this.#button.ariaPressed = String(isRecording)
    this.#show()
  }

  #show(): void {
    const film = this.#film
    this.#status.hidden = !this.#isRecording && film === undefined
    if (this.#isRecording) this.#status.replaceChildren(this.#language.text('recording'))
    else if (film?.url !== undefined) this.#offer(film.url, film.duration)
    else if (film !== undefined) {
      this.#status.textContent = `${this.#language.text('recordingFailed')}: ${film.error?.message ?? ''}`
    }
  }

  #offer(url: string, duration = 0): void {
    const link = document.createElement('a')
    link.href = serverAddress(location.href, url)
    link.download = 'phiz.mp4'
    link.textContent = `${this.#language.text('download')} (${(duration / 1e6).toFixed(1)} s)`
    this.#status.replaceChildren(`${this.#language.text('recordingSaved')} `, link)
  }
}
