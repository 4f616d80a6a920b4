import { Resampler } from '../../dsp/resample.js'
import type { SpeechPiece, SpokenPhoneme } from './spoken.js'

/** Brings the pieces of one clause to another sample rate, and their phonemes with them. */
export class PieceResampler {
  readonly #resampler: Resampler
  readonly #ratio: number
  #received = 0
  #produced = 0
  #hasPhonemes = false
  /** Phonemes that start in sound which the filter still holds back, in output samples from the clause's start. */
  #waiting: SpokenPhoneme[] = []

  /** @param from @param to Hz */
  constructor(from: number, to: number) {
    this.#resampler = new Resampler(from, to)
    this.#ratio = to / from
  }

  /** The sound that a piece completes, with the phonemes that start in it; undefined when there is none yet. */
  push({ samples, phonemes }: SpeechPiece): SpeechPiece | undefined {
    if (phonemes !== undefined) {
      this.#hasPhonemes = true
      for (const { symbol, start, length } of phonemes) {
        const begin = Math.round((this.#received + start) * this.#ratio)
        const end = Math.round((this.#received + start + length) * this.#ratio)
        this.#waiting.push({ symbol, start: begin, length: end - begin })
      }
    }
    this.#received += samples.length
    return this.#take(this.#resampler.process(samples))
  }

  /** What is left at the clause's end. */
  flush(): SpeechPiece | undefined {
    return this.#take(this.#resampler.flush(), true)
  }

  #take(view: Float32Array, isLast = false): SpeechPiece | undefined {
    if (view.length === 0) return undefined
    const from = this.#produced
    this.#produced += view.length
    const samples = Float32Array.from(view)
    if (!this.#hasPhonemes) return { samples }
    const started = this.#waiting.filter(({ start }) => isLast || start < this.#produced)
    this.#waiting = this.#waiting.slice(started.length)
    return { samples, phonemes: started.map((one) => ({ ...one, start: one.start - from })) }
  }
}
