import { setTimeout as delay } from 'node:timers/promises'
import {
  framesToMicroseconds,
  MICROSECONDS_PER_SECOND,
  type Clock,
  type Microseconds,
} from '../../pipeline/time.js'

/** A clock that can be waited for. */
export interface WaitingClock extends Clock {
  /** Resolves when so much time has passed. Rejects with the signal's reason when it aborts. */
  wait(time: Microseconds, signal: AbortSignal): Promise<void>
}

/** The process's own. */
export function waitingClock(clock: Clock): WaitingClock {
  return {
    now: () => clock.now(),
    wait: async (time, signal) => {
      // Node ends the wait with an error of its own; the signal's says why.
      await delay(time / 1000, undefined, { signal }).catch(() => {
        signal.throwIfAborted()
      })
    },
  }
}

/** One frame of a face that lives on. */
export interface Beat {
  /** Number of the frame, counted from the beginning of the life. */
  readonly index: number
  /** Its place in the life. */
  readonly timestamp: Microseconds
  readonly duration: Microseconds
}

/**
 * The frames of a life as the clock reaches them: one after another while they are taken in time, and whatever was
 * missed is left out.
 */
export class Pace {
  readonly #clock: WaitingClock
  /** The clock's time at which the life began, had it always gone on. */
  readonly #origin: Microseconds
  /** End of the last frame. */
  #end: Microseconds

  /** @param lived how much of the life there has been; it goes on now */
  constructor(clock: WaitingClock, lived: Microseconds) {
    this.#clock = clock
    this.#origin = clock.now() - lived
    this.#end = lived
  }

  /** Waits for the first frame that begins after this moment, and after the last one has ended. */
  async next(fps: number, signal: AbortSignal): Promise<Beat> {
    signal.throwIfAborted()
    const now = this.#clock.now() - this.#origin
    const earliest = Math.max(now + 1, this.#end)
    let index = Math.floor((earliest * fps) / MICROSECONDS_PER_SECOND)
    while (framesToMicroseconds(index, fps) < earliest) index += 1
    const timestamp = framesToMicroseconds(index, fps)
    this.#end = framesToMicroseconds(index + 1, fps)
    await this.#clock.wait(timestamp - now, signal)
    return { index, timestamp, duration: this.#end - timestamp }
  }
}
