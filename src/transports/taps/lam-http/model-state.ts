import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'

type Expression = Stage<AudioPacket, MotionPacket>

/** Whether the expression stage can be had, for a service that says so before it is asked to work. */
export class ModelState {
  readonly #open: () => Promise<Expression>
  #isLoaded = false
  readonly #first: Promise<unknown>

  /** Begins to load at once. A failure shows in {@link isLoaded}, and in the next {@link load}. */
  constructor(open: () => Promise<Expression>) {
    this.#open = open
    this.#first = this.load().catch(() => undefined)
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /**
   * The stage, when it is loaded.
   * @throws ModelLoadError or UnavailableError when it cannot be; each call tries again
   */
  async load(): Promise<Expression> {
    try {
      const expression = await this.#open()
      this.#isLoaded = true
      return expression
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
