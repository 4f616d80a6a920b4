import { MICROSECONDS_PER_SECOND, type Microseconds } from '../../pipeline/time.js'
import { LONGEST_ANNOUNCEMENT_SECONDS } from './played-sound.js'
import type { HearingInput } from './program.js'

/** Most sound of the microphone that waits for the worker. */
export const LONGEST_WAIT: Microseconds = 2 * MICROSECONDS_PER_SECOND
/** The same of what is played, which comes ahead of time. */
const MOST_PLAYED: Microseconds = 2 * LONGEST_ANNOUNCEMENT_SECONDS * MICROSECONDS_PER_SECOND
const MOST_INPUTS = 2048

/** What waits for the worker, in order. It says when that is too much; then it is cleared as a whole. */
export class Backlog {
  #waiting: { readonly input: HearingInput; readonly duration: Microseconds }[] = []
  #microphone: Microseconds = 0
  #played: Microseconds = 0

  /** How much sound of the microphone waits. */
  get microphone(): Microseconds {
    return this.#microphone
  }

  get isTooLong(): boolean {
    return this.#microphone > LONGEST_WAIT || this.#played > MOST_PLAYED || this.#waiting.length > MOST_INPUTS
  }

  put(input: HearingInput, duration: Microseconds = 0): void {
    this.#waiting.push({ input, duration })
    this.#count(input, duration)
  }

  take(): HearingInput | undefined {
    const first = this.#waiting.shift()
    if (first === undefined) return undefined
    this.#count(first.input, -first.duration)
    return first.input
  }

  clear(): void {
    this.#waiting = []
    this.#microphone = 0
    this.#played = 0
  }

  #count({ kind }: HearingInput, duration: Microseconds): void {
    if (kind === 'microphone') this.#microphone += duration
    if (kind === 'playing') this.#played += duration
  }
}
