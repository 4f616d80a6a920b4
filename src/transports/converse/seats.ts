import { OverloadError } from '../../errors.js'

/** Conversations at once where nothing else is known: what two cores carry at 25 frames a second. */
export const DEFAULT_CONVERSATIONS = 4

/** Gives a seat back; once is enough, and again does nothing. */
export type Release = () => void

/**
 * How many conversations there may be at once, over whatever door they come. A session keeps its seat for as long as
 * it lives, also while it waits for its client to come back.
 */
export class Seats {
  #limit = DEFAULT_CONVERSATIONS
  #taken = 0

  /** @param limit a number, or one that is being measured: until then, or when that fails, {@link DEFAULT_CONVERSATIONS} hold */
  constructor(limit: number | Promise<number> = DEFAULT_CONVERSATIONS) {
    const set = (measured: number): void => {
      this.#limit = measured
    }
    if (typeof limit === 'number') set(limit)
    else limit.then(set, () => undefined)
  }

  get taken(): number {
    return this.#taken
  }

  /**
   * Takes a seat.
   * @throws OverloadError when there is none
   */
  take(): Release {
    if (this.#taken >= this.#limit) {
      throw new OverloadError(`All ${this.#limit} conversations are taken; try again later.`)
    }
    this.#taken += 1
    let isOurs = true
    return () => {
      if (isOurs) this.#taken -= 1
      isOurs = false
    }
  }
}
