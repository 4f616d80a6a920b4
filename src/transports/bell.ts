/** Wakes all who wait for something to change; each then looks for itself whether it is what it waited for. */
export class Bell {
  readonly #waiting = new Set<() => void>()

  ring(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /** Resolves with the next {@link ring}; rejects with the signal's reason when that aborts first. */
  async next(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.delete(wake)
        reject(signal?.reason)
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      this.#waiting.add(wake)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}
