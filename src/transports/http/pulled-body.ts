import { CancelledError } from '../../errors.js'

interface Demand {
  readonly met: () => void
  readonly failed: (error: unknown) => void
}

/**
 * A response body that is written only as fast as it is read: a write waits until the bytes before it have been taken
 * and more are asked for. It holds no bytes of its own.
 */
export class PulledBody {
  readonly readable: ReadableStream<Uint8Array>
  /** Resolves with the first write: from then on there is something to answer. */
  readonly started: Promise<void>
  readonly #stallMs: number
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #begin!: () => void
  #hasStarted = false
  #isWanted = false
  #isOver = false
  #demand: Demand | undefined

  /**
   * @param onLeft told when the reader gives up
   * @param stallMs how long a write waits for a reader before it fails
   */
  constructor(onLeft: () => void, stallMs: number) {
    this.#stallMs = stallMs
    this.started = new Promise((resolve) => {
      this.#begin = resolve
    })
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          this.#isWanted = true
          this.#demand?.met()
        },
        cancel: () => {
          this.#isOver = true
          onLeft()
          this.#demand?.failed(gone())
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Whether there has been a write. */
  get hasStarted(): boolean {
    return this.#hasStarted
  }

  /** Whether nothing more can be written: it was ended, or its reader has left. */
  get isOver(): boolean {
    return this.#isOver
  }

  /**
   * Passes bytes on when they are wanted. One write at a time.
   * @throws CancelledError when the reader has left, or takes nothing for too long; the signal's reason when it aborts
   */
  async write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    if (bytes.length === 0) return
    this.#hasStarted = true
    this.#begin()
    signal.throwIfAborted()
    if (this.#isOver) throw gone()
    if (!this.#isWanted) await this.#untilWanted(signal)
    this.#isWanted = false
    this.#controller.enqueue(bytes)
  }

  /** All has been written. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#controller.close()
  }

  /** Breaks the body off. */
  fail(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#controller.error(error)
  }

  #untilWanted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (then: () => void): void => {
        clearTimeout(stalled)
        signal.removeEventListener('abort', onAbort)
        this.#demand = undefined
        then()
      }
      const failed = (error: unknown): void => {
        settle(() => {
          reject(error)
        })
      }
      const onAbort = (): void => {
        failed(signal.reason)
      }
      const stalled = setTimeout(() => {
        failed(new CancelledError(`The client took nothing for ${this.#stallMs / 1000} s.`))
      }, this.#stallMs)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#demand = {
        met: () => {
          settle(resolve)
        },
        failed,
      }
    })
  }
}

function gone(): CancelledError {
  return new CancelledError('The client has gone.')
}
