/**
 * Measures from the key that was pressed to what it caused, each once. Times are those of `performance.now()`.
 */
export class TurnTimer {
  #askedAt: number | undefined
  #interruptedAt: number | undefined

  /** Words were sent. */
  asked(at: number): void {
    this.#askedAt = at
  }

  /** Silence was asked for. */
  interrupted(at: number): void {
    this.#interruptedAt = at
  }

  /** Milliseconds since words were sent; undefined for a turn that this page did not ask for. */
  sinceAsked(at: number): number | undefined {
    return this.#askedAt === undefined ? undefined : at - this.#askedAt
  }

  /** The turn is over: what comes next was not caused by its words. */
  over(): void {
    this.#askedAt = undefined
  }

  /** Milliseconds since silence was asked for, told once. */
  takeInterruption(at: number): number | undefined {
    const interruptedAt = this.#interruptedAt
    this.#interruptedAt = undefined
    return interruptedAt === undefined ? undefined : at - interruptedAt
  }
}
