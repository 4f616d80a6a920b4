/** Work that runs side by side, at most so much of it. */
export class InFlight {
  readonly #limit: number
  readonly #running = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined

  /** @param limit Pieces at once, at least 1. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Starts a piece of work, as soon as there is room for it.
   *
   * @throws what an earlier piece has failed with; nothing is started then.
   */
  async add(work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#limit) await Promise.race(this.#running)
    if (this.#failure !== undefined) throw this.#failure.error
    const piece = work()
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => {
        this.#running.delete(piece)
      })
    this.#running.add(piece)
  }

  /** Waits for the end of all that runs. */
  async settle(): Promise<void> {
    await Promise.all(this.#running)
  }

  /**
   * As {@link settle}, for work that has to be right.
   *
   * @throws what a piece has failed with.
   */
  async finish(): Promise<void> {
    await this.settle()
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
