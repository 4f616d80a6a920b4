import { CancelledError } from '../../../../errors.js'
import { cancellationOf, untilAborted } from '../../../../runtime/cancellation.js'

/**
 * Work that is done once for all who ask for it while it goes on. It is stopped when the last of them has left; whoever
 * leaves as the last one waits for its real end.
 */
export class SharedWork<Result, Progress> {
  readonly #running = new Map<string, Running<Result, Progress>>()

  /**
   * @param key The same for the same work.
   * @param work Begun when it does not run yet.
   * @throws the signal's error when it aborts; else what the work throws
   */
  async join(
    key: string,
    { signal, onProgress }: Listener<Progress>,
    work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Result>,
  ): Promise<Result> {
    if (signal.aborted) throw cancellationOf(signal)
    const present = this.#running.get(key)
    // Work that all have left is not joined: its end is waited for, and it is begun anew.
    if (present?.stop.signal.aborted === true) {
      await untilAborted(present.result.then(ignore, ignore), signal)
      return this.join(key, { signal, ...(onProgress && { onProgress }) }, work)
    }
    const running = present ?? this.#begin(key, work)
    return running.join(signal, onProgress)
  }

  #begin(
    key: string,
    work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Result>,
  ): Running<Result, Progress> {
    const running = new Running<Result, Progress>(work)
    this.#running.set(key, running)
    const forget = (): void => {
      if (this.#running.get(key) === running) this.#running.delete(key)
    }
    running.result.then(forget, forget)
    return running
  }
}

interface Listener<Progress> {
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

class Running<Result, Progress> {
  readonly stop = new AbortController()
  readonly result: Promise<Result>
  readonly #listeners = new Set<((progress: Progress) => void) | undefined>()
  #waiting = 0

  constructor(work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Result>) {
    this.result = work(this.stop.signal, (progress) => {
      for (const listener of this.#listeners) listener?.(progress)
    })
  }

  async join(signal: AbortSignal, onProgress: ((progress: Progress) => void) | undefined): Promise<Result> {
    this.#waiting += 1
    const listener = onProgress && ((progress: Progress) => onProgress(progress))
    this.#listeners.add(listener)
    let leave: () => void = ignore
    const left = new Promise<void>((resolve) => {
      leave = resolve
      signal.addEventListener('abort', leave, { once: true })
    })
    try {
      await Promise.race([this.result, left])
      if (!signal.aborted) return await this.result
    } finally {
      signal.removeEventListener('abort', leave)
      this.#listeners.delete(listener)
      this.#waiting -= 1
      if (signal.aborted && this.#waiting === 0) {
        this.stop.abort(new CancelledError('Nobody waits for the work any more.'))
        await this.result.catch(ignore)
      }
    }
    throw cancellationOf(signal)
  }
}

function ignore(): void {
  // Whoever waits has been told; nobody else is concerned.
}
