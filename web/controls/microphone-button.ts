import type { SessionStart } from 'phiz/client'
import type { Conversation } from '../conversation.js'
import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import type { TextName } from '../i18n/texts.js'
import { Hearing, type HearingState } from '../microphone/hearing.js'
import { loudnessOf } from '../microphone/loudness.js'

/** How a language is named to those who write down speech. */
const SPOKEN = { en: 'en-US', zh: 'zh-CN' } as const

/** Turns the microphone on and off, and shows what it hears. */
export class MicrophoneButton {
  readonly #button = element('microphone', HTMLButtonElement)
  readonly #status = element('hearing', HTMLParagraphElement)
  readonly #note = element('note', HTMLParagraphElement)
  readonly #language: Language
  readonly #hearing: Hearing
  #state: HearingState = 'off'
  #noted: TextName | undefined

  constructor(language: Language, conversation: Conversation) {
    this.#language = language
    this.#hearing = new Hearing({
      state: (state) => this.#change(state),
      sound: (samples, sampleRate, isWanted) => {
        this.#button.style.setProperty('--level', loudnessOf(samples).toFixed(2))
        if (isWanted) conversation.sendAudio(samples, sampleRate)
      },
      said: (text) => conversation.send(text, 'ask'),
      note: (note) => {
        this.#noted = note
        this.#show()
      },
    })
    this.#button.addEventListener('click', () => {
      conversation.wake()
      this.#hearing.toggle(SPOKEN[language.code])
    })
    conversation.followSession(({ engines }) => (this.#hearing.server = abilities(engines)))
    conversation.followTurn((turn) => this.#hearing.face(turn !== undefined))
    conversation.on('voice-start', ({ bargeIn }) => this.#hearing.voiceStart(bargeIn))
    conversation.on('voice-end', () => this.#hearing.voiceEnd())
    language.follow(() => this.#show())
  }

  #change(state: HearingState): void {
    this.#state = state
    this.#button.dataset['state'] = state
    this.#button.ariaPressed = String(state !== 'off')
    if (state === 'off') this.#button.style.removeProperty('--level')
    this.#show()
  }

  #show(): void {
    this.#status.hidden = this.#state === 'off'
    this.#status.dataset['state'] = this.#state
    this.#status.textContent = this.#state === 'off' ? '' : this.#language.text(this.#state)
    this.#note.hidden = this.#noted === undefined
    this.#note.textContent = this.#noted === undefined ? '' : this.#language.text(this.#noted)
  }
}

function abilities(engines: SessionStart['engines']): { listens: boolean; writes: boolean } {
  return { listens: engines['hearing'] !== undefined, writes: engines['transcription'] !== undefined }
}
