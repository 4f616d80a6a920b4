/** Whether an engine can be had, for a service that says so before it is asked to work. */
export class ModelState<Engine> {
  readonly #open: () => Promise<Engine>
  #isLoaded = false
  readonly #first: Promise<unknown>

  /** Begins to load at once. A failure shows in {@link isLoaded}, and in the next {@link load}. */
  constructor(open: () => Promise<Engine>) {
    this.#open = open
    this.#first = this.load().catch(() => undefined)
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /**
   * The engine, when it is loaded.
   * @throws ModelLoadError or UnavailableError when it cannot be; each call tries again
   */
  async load(): Promise<Engine> {
    try {
      const engine = await this.#open()
      this.#isLoaded = true
      return engine
    } catch (error) {
      this.#isLoaded = false
      throw error
    }
  }

  /** Resolves when the first load has ended, well or not. */
  async settled(): Promise<void> {
    await this.#first
  }
}
