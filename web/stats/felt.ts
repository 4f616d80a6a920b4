import type { Language } from '../i18n/language.js'
import { Quantile } from './quantile.js'
import { StatsPanel } from './stats-panel.js'
import { TurnTimer } from './turn-timer.js'

/** Milliseconds between two values of the chart of the skew. */
const SKEW_EVERY = 250
/** Pictures that the skew is taken of: ten seconds of them. */
const SKEW_PICTURES = 250
const SKEW_SHARE = 0.95

/** Measures what a visitor feels, from the key to the ear and the eye, and shows it. */
export class Felt {
  readonly #timer = new TurnTimer()
  readonly #skew = new Quantile(SKEW_SHARE, SKEW_PICTURES)
  readonly #panel: StatsPanel
  #skewShownAt = 0

  constructor(language: Language) {
    this.#panel = new StatsPanel(language)
  }

  /** Words were sent. */
  asked(): void {
    this.#timer.asked(performance.now())
  }

  /** Silence was asked for. */
  interrupted(): void {
    this.#timer.interrupted(performance.now())
  }

  /** The first sound, or picture, of an answer is there. */
  first(what: 'firstAudio' | 'firstFrame'): void {
    const milliseconds = this.#timer.sinceAsked(performance.now())
    if (milliseconds !== undefined) this.#panel.add(what, milliseconds)
  }

  /** Nothing is heard any more. */
  silence(): void {
    const milliseconds = this.#timer.takeInterruption(performance.now())
    if (milliseconds !== undefined) this.#panel.add('silence', milliseconds)
  }

  /** The turn is over. */
  over(): void {
    this.#timer.over()
  }

  /** A picture was drawn. @param late µs behind its sound */
  drawn(late: number): void {
    this.#skew.add(Math.abs(late) / 1000)
    const now = performance.now()
    if (now - this.#skewShownAt < SKEW_EVERY) return
    this.#skewShownAt = now
    this.#panel.add('skew', this.#skew.value ?? 0)
  }

  /** @param factors wall time over media time of each stage, as the server measures it */
  factors(factors: Readonly<Record<string, number>>): void {
    this.#panel.factors(factors)
  }
}
