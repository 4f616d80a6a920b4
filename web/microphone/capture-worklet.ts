import type { CapturedSound } from './captured-sound.js'
import { decimationOf, Decimator } from './decimator.js'

/** Seconds of sound in one message. */
const PIECE = 0.03

/** Cuts what the microphone hears into pieces at a rate for speech, and hands them to the page. */
class Capture extends AudioWorkletProcessor {
  readonly #factor = decimationOf(sampleRate)
  readonly #decimator = new Decimator(this.#factor)
  readonly #rate = sampleRate / this.#factor
  readonly #length = Math.round(this.#rate * PIECE)
  #samples = new Float32Array(this.#capacity())
  #filled = 0

  override process([input]: Float32Array[][]): boolean {
    const channel = input?.[0]
    // None while the device is being opened.
    if (channel === undefined) return true
    this.#filled = this.#decimator.push(channel, this.#samples, this.#filled)
    if (this.#filled >= this.#length) this.#send()
    return true
  }

  #send(): void {
    const whole = this.#samples
    const length = this.#filled
    const sound: CapturedSound = { buffer: whole.buffer, length, sampleRate: this.#rate }
    this.#samples = new Float32Array(this.#capacity())
    this.#filled = 0
    this.port.postMessage(sound, [whole.buffer])
  }

  /** A quantum may go beyond the end of a piece. */
  #capacity(): number {
    return this.#length + 128
  }
}

registerProcessor('capture', Capture)
