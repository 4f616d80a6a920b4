import { messageOf, UnavailableError } from '../../../errors.js'
import type { JobQueue } from './jobs/queue.js'

/** How often a queue that could not be opened is tried again. */
const RETRY_MS = 5000

/** A queue, and what has to be given back when it is closed. */
export interface HeldQueue {
  readonly queue: JobQueue
  readonly release: () => Promise<void>
}

/**
 * The queue of a service that runs from its start: it is opened at once, so that waiting tasks go on before anybody
 * asks, and tried again for as long as it cannot be opened.
 */
export class OpenedQueue {
  readonly #open: () => Promise<HeldQueue>
  #opening: Promise<HeldQueue> | undefined
  #held: HeldQueue | undefined
  #isClosed = false
  #lastFailure = ''
  readonly #onFailure: (error: unknown) => void
  readonly #retry: NodeJS.Timeout

  /** @param onFailure told why the queue cannot be opened, whenever that changes */
  constructor(open: () => Promise<HeldQueue>, onFailure: (error: unknown) => void) {
    this.#open = open
    this.#onFailure = onFailure
    this.#tryAgain()
    this.#retry = setInterval(() => {
      this.#tryAgain()
    }, RETRY_MS)
    this.#retry.unref()
  }

  get isOpen(): boolean {
    return this.#held !== undefined
  }

  /** @throws what kept it from being opened */
  async get(): Promise<JobQueue> {
    const { queue } = this.#held ?? (await this.#opened())
    return queue
  }

  /** Closes the queue, and resolves when its work has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#retry)
    await this.#opening?.catch(() => undefined)
    await this.#held?.queue.close()
    await this.#held?.release()
  }

  #tryAgain(): void {
    if (this.#held !== undefined || this.#isClosed) return
    void this.#opened().catch((error: unknown) => {
      if (messageOf(error) !== this.#lastFailure) this.#onFailure(error)
      this.#lastFailure = messageOf(error)
    })
  }

  #opened(): Promise<HeldQueue> {
    if (this.#isClosed) return Promise.reject(new UnavailableError('The service is stopping.'))
    this.#opening ??= this.#open()
      .then((held) => (this.#held = held))
      .finally(() => {
        this.#opening = undefined
      })
    return this.#opening
  }
}
