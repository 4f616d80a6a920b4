import { Observable } from 'rxjs'

/**
 * The only bridge from generators to streams. `from(asyncGenerator)` drains its generator and does not stop it on
 * unsubscribe; this asks for the next item only after the last one was delivered.
 *
 * - Cold: every subscription calls `work` anew.
 * - Ordering: as yielded. Loss: none.
 * - Unsubscribing aborts the signal given to `work` at once; the item in flight is dropped.
 * - An error of `work` becomes the stream's error, unless the subscriber has left.
 * - `track` receives a promise that settles when the generator has really ended, its `finally` included.
 */
export function pull<T>(
  work: (signal: AbortSignal) => AsyncIterable<T>,
  track: (end: Promise<void>) => unknown = ignore,
): Observable<T> {
  return new Observable<T>((subscriber) => {
    const controller = new AbortController()
    const { signal } = controller

    const run = async (): Promise<void> => {
      try {
        for await (const item of work(signal)) {
          // Leaving the loop calls the iterator's return(), so that the generator's own cleanup runs and is awaited.
          if (signal.aborted) return
          subscriber.next(item)
          if (aborted(signal)) return
        }
        subscriber.complete()
      } catch (error) {
        subscriber.error(error)
      }
    }

    track(run())
    return () => {
      controller.abort()
    }
  })
}

/** Asked again after a delivery, in which the subscriber may have left; a separate call, as TypeScript narrows reads. */
function aborted(signal: AbortSignal): boolean {
  return signal.aborted
}

function ignore(): void {
  // The caller does not wait for the end.
}
