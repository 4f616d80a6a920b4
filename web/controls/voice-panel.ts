import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'

export interface VoiceSettings {
  /** Factor of the usual rate, 0.5–2. */
  readonly rate: number
  /** Semitones, −12…12. */
  readonly pitch: number
}

/** Milliseconds that a slider rests before the server is told. */
const SETTLE = 120

/** Rate and pitch of the voice. */
export class VoicePanel {
  readonly #rate = element('rate', HTMLInputElement)
  readonly #pitch = element('pitch', HTMLInputElement)
  readonly #language: Language
  readonly #onChange: (settings: VoiceSettings) => void
  #settling: ReturnType<typeof setTimeout> | undefined

  constructor(language: Language, onChange: (settings: VoiceSettings) => void) {
    this.#language = language
    this.#onChange = onChange
    for (const slider of [this.#rate, this.#pitch]) slider.addEventListener('input', () => this.#changed())
    element('reset-voice', HTMLButtonElement).addEventListener('click', () => {
      this.#rate.value = '1'
      this.#pitch.value = '0'
      this.#changed()
    })
    language.follow(() => this.#show())
  }

  #changed(): void {
    this.#show()
    clearTimeout(this.#settling)
    this.#settling = setTimeout(
      () => this.#onChange({ rate: this.#rate.valueAsNumber, pitch: this.#pitch.valueAsNumber }),
      SETTLE,
    )
  }

  #show(): void {
    const rate = this.#rate.valueAsNumber
    const pitch = this.#pitch.valueAsNumber
    const semitones = `${pitch > 0 ? '+' : pitch < 0 ? '−' : ''}${Math.abs(pitch)}`
    element('rate-value', HTMLOutputElement).value = `${rate.toFixed(2)} ×`
    element('pitch-value', HTMLOutputElement).value = `${semitones} ${this.#language.text('semitones')}`
    // What a screen reader says in place of the bare number.
    this.#rate.setAttribute('aria-valuetext', `${rate.toFixed(2)} ×`)
    this.#pitch.setAttribute('aria-valuetext', `${semitones} ${this.#language.text('semitones')}`)
  }
}
