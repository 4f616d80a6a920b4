import { CancelledError } from '../errors.js'
import type { Microseconds } from './time.js'

/** One consumer's end of a {@link FlowWindow}. */
export interface FlowBranch {
  readonly name: string
  /** Reports that everything before `timestamp` was really taken. Positions only grow; a smaller one is ignored. */
  advance(timestamp: Microseconds): void
  /** This consumer takes no more; it holds nobody back from now on. */
  close(): void
}

interface Waiter {
  readonly timestamp: Microseconds
  readonly resolve: () => void
}

/** Media that one admission lets in, at the most: what a window is wider than the look-ahead of its line. */
const LARGEST_PACKET: Microseconds = 1_000_000

/**
 * The backpressure of a turn. RxJS has none, so the one stage that expands its input (speech, a file reader) waits
 * in {@link FlowWindow.admit} before it makes media for a position, until every consumer has reported a position
 * within `span` of it.
 *
 * It compares positions and counts no credits, so a branch that drops or repeats packets cannot leak any. With it,
 * the media in flight is at most `span` plus one packet, which bounds every queue between the source and the sinks.
 * The span must exceed the look-ahead of the line, or a stage would wait for input that may not be made.
 */
export class FlowWindow {
  #span: Microseconds
  readonly #positions = new Map<FlowBranch, Microseconds>()
  readonly #waiters = new Set<Waiter>()

  /** @param span how far, in media time, the source may run ahead of the slowest consumer; positive or Infinity */
  constructor(span: Microseconds) {
    if (!(span > 0))
      throw new RangeError(`Expected the window's span to be a positive number of microseconds, got ${span}`)
    this.#span = span
  }

  /** How far, in media time, the source may run ahead of the slowest consumer. */
  get span(): Microseconds {
    return this.#span
  }

  /**
   * Widens the window, where it must be, for a line that looks so far ahead. Call it before the source starts.
   */
  makeRoom(lookahead: Microseconds): void {
    if (this.#span <= lookahead) this.#span = lookahead + LARGEST_PACKET
    this.#release()
  }

  /** Adds a consumer, which holds the source from now on. Add all consumers before the source starts. */
  branch(name: string): FlowBranch {
    const branch: FlowBranch = {
      name,
      advance: (timestamp) => {
        const position = this.#positions.get(branch)
        if (position === undefined || timestamp <= position) return
        this.#positions.set(branch, timestamp)
        this.#release()
      },
      close: () => {
        if (this.#positions.delete(branch)) this.#release()
      },
    }
    this.#positions.set(branch, 0)
    return branch
  }

  /** Position of the slowest consumer; Infinity when there is none left to wait for. */
  get position(): Microseconds {
    let slowest = Infinity
    for (const position of this.#positions.values()) slowest = Math.min(slowest, position)
    return slowest
  }

  /** How many sources are waiting, for inspection. */
  get waiting(): number {
    return this.#waiters.size
  }

  /**
   * Resolves when media that starts at `timestamp` may be made: at once while it lies within the window.
   * @throws CancelledError when the signal aborts first
   */
  async admit(timestamp: Microseconds, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new CancelledError()
    if (this.#open(timestamp)) return
    await new Promise<void>((resolve, reject) => {
      const settle = (then: () => void): void => {
        this.#waiters.delete(waiter)
        signal.removeEventListener('abort', onAbort)
        then()
      }
      const waiter: Waiter = {
        timestamp,
        resolve: () => {
          settle(resolve)
        },
      }
      const onAbort = (): void => {
        settle(() => {
          reject(new CancelledError())
        })
      }
      this.#waiters.add(waiter)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  #open(timestamp: Microseconds): boolean {
    return timestamp < this.position + this.#span
  }

  #release(): void {
    for (const waiter of [...this.#waiters]) if (this.#open(waiter.timestamp)) waiter.resolve()
  }
}
