import { OverloadError, UnavailableError } from '../../../errors.js'

/** The requests that are being spoken, bounded. */
export class Running {
  readonly #most: number
  readonly #work = new Map<Promise<unknown>, AbortController>()
  #isClosed = false

  /** @param most at once */
  constructor(most: number) {
    this.#most = most
  }

  /** Requests that have not really ended, for inspection. */
  get count(): number {
    return this.#work.size
  }

  /**
   * Runs the work of a request, unless there is too much of it.
   * @param stop aborts it when the service closes
   * @throws OverloadError when all places are taken, without running it
   */
  async run(work: () => Promise<void>, stop: AbortController): Promise<void> {
    if (this.#isClosed) throw new UnavailableError('The service is stopping.', { retryable: true })
    if (this.#work.size >= this.#most) {
      throw new OverloadError(`${this.#most} texts are being spoken; try again later.`)
    }
    const running = work()
    this.#work.set(running, stop)
    try {
      await running
    } finally {
      this.#work.delete(running)
    }
  }

  /** Stops all work, and resolves when it has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const stop of this.#work.values()) stop.abort()
    await Promise.allSettled(this.#work.keys())
  }
}
