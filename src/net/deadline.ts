/**
 * A signal that aborts with another one, or when too much time has passed since the last sign of life. Dispose it: it
 * listens to the other signal and holds a timer.
 */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #outer: AbortSignal
  readonly #milliseconds: number
  readonly #reason: () => Error
  #timer: NodeJS.Timeout | undefined

  /** @param reason what the signal aborts with when the time is over */
  constructor(outer: AbortSignal, milliseconds: number, reason: () => Error) {
    this.#outer = outer
    this.#milliseconds = milliseconds
    this.#reason = reason
    if (outer.aborted) this.#onAbort()
    else outer.addEventListener('abort', this.#onAbort, { once: true })
    this.restart()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The time begins anew. */
  restart(): void {
    this.pause()
    if (this.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.#controller.abort(this.#reason())
    }, this.#milliseconds)
  }

  /** The time stands still until the next {@link restart}. */
  pause(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  dispose(): void {
    this.pause()
    this.#outer.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = (): void => {
    this.pause()
    this.#controller.abort(this.#outer.reason)
  }
}
