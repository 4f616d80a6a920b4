import type { Clock, Microseconds } from '../pipeline/time.js'

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  #now: Microseconds = 0

  now(): Microseconds {
    return this.#now
  }

  /** Moves time forward by `duration` microseconds. */
  advance(duration: Microseconds): void {
    this.#now += duration
  }
}
