import { OverloadError } from '../../errors.js'
import { END, Inbox } from '../../pipeline/inbox.js'

/** Sound that may wait for its turn, in seconds. */
const MOST_WAITING_SECONDS = 60
/** Pieces that may wait: more of them are too short to be of use. */
const MOST_WAITING_PIECES = 4096

/** Speech that a client sends piece by piece, for one turn to take at its pace. */
export class Upload {
  readonly #inbox = new Inbox<Float32Array>(MOST_WAITING_PIECES)
  #waiting = 0
  #isOver = false

  /** @param number as the client counts; @param sampleRate Hz */
  constructor(
    readonly number: number,
    readonly sampleRate: number,
  ) {}

  /** Takes a piece. More than the turn can hold fails it: sound is never dropped. */
  push(samples: Float32Array): void {
    if (this.#isOver) return
    this.#waiting += samples.length
    if (this.#waiting <= MOST_WAITING_SECONDS * this.sampleRate && this.#inbox.push(samples)) return
    this.#fail(
      new OverloadError(
        `More than ${MOST_WAITING_SECONDS} s of speech wait to be shown; send it at the pace at which it is played.`,
      ),
    )
  }

  end(): void {
    this.#inbox.end()
  }

  /** The pieces, for one reader. */
  async *pieces(signal: AbortSignal): AsyncGenerator<Float32Array, void, undefined> {
    const onAbort = (): void => {
      this.#fail(signal.reason)
    }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      for (;;) {
        const samples = await this.#inbox.take()
        if (samples === END) return
        this.#waiting -= samples.length
        yield samples
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #fail(error: unknown): void {
    this.#isOver = true
    this.#inbox.fail(error)
  }
}
