import { setTimeout as sleep } from 'node:timers/promises'
import type { Microseconds } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'

/** How fast frames leave: as they are due, which clients need that draw on arrival, or as fast as they are taken. */
export type Pace = 'realtime' | 'unlimited'

/** Lets media leave when they are due: the first at once, all others as far after it as they lie in the media. */
export class RealTime {
  readonly #turn: Pick<Turn, 'clock' | 'signal'>
  /** On the turn's clock: when the media's time zero was, or would have been. */
  #zero: Microseconds | undefined

  /** @param turn whose clock it is, and whose end ends the waiting */
  constructor(turn: Pick<Turn, 'clock' | 'signal'>) {
    this.#turn = turn
  }

  /** After a pause: what comes next is due at once, and all else is counted from it. */
  startAnew(): void {
    this.#zero = undefined
  }

  /** Whether what has this timestamp is due, or late. */
  isDue(timestamp: Microseconds): boolean {
    return this.#zero === undefined || this.#zero + timestamp <= this.#turn.clock.now()
  }

  /** Resolves when what has this timestamp is due; at once when it is late. Rejects when the turn is cancelled. */
  async untilDue(timestamp: Microseconds): Promise<void> {
    const { clock, signal } = this.#turn
    const now = clock.now()
    this.#zero ??= now - timestamp
    const wait = this.#zero + timestamp - now
    if (wait <= 0) return
    // Node ends the wait with an error of its own; the turn's says why.
    await sleep(wait / 1000, undefined, { signal }).catch(() => {
      signal.throwIfAborted()
    })
  }
}
