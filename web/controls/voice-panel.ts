import type { Settings } from 'phiz/client'
import { element } from '../elements.js'
import type { Language } from '../i18n/language.js'
import { Settling } from './settling.js'

/** Rate (a factor of the usual one) and pitch (in semitones) of the voice. */
export class VoicePanel {
  readonly #rate = element('rate', HTMLInputElement)
  readonly #pitch = element('pitch', HTMLInputElement)
  readonly #language: Language
  readonly #settling: Settling<Settings['voice']>

  constructor(language: Language, onChange: (voice: Settings['voice']) => void) {
    this.#language = language
    this.#settling = new Settling(onChange)
    for (const slider of [this.#rate, this.#pitch]) slider.addEventListener('input', () => this.#changed())
    element('reset-voice', HTMLButtonElement).addEventListener('click', () => {
      this.#rate.value = '1'
      this.#pitch.value = '0'
      this.#changed()
    })
    language.follow(() => this.#show())
  }

  /** Shows what holds. */
  show({ voice }: Settings): void {
    // Not under the visitor's finger.
    if (this.#settling.busy) return
    this.#rate.value = String(voice.rate)
    this.#pitch.value = String(voice.pitch)
    this.#show()
  }

  #changed(): void {
    this.#show()
    this.#settling.change({ rate: this.#rate.valueAsNumber, pitch: this.#pitch.valueAsNumber })
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
