import { CancelledError, PhizError } from '../errors.js'

/** The error that an aborted signal stands for: its own reason where that is ours, else a CancelledError. */
export function cancellationOf(signal: AbortSignal): PhizError {
  const reason: unknown = signal.reason
  return PhizError.isInstance(reason) ? reason : new CancelledError(undefined, { cause: reason })
}

/**
 * Waits for `work`, or leaves at once with the signal's error. The work itself goes on: whoever needs its real end
 * keeps the promise. The listener is gone when the returned promise settles.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const leave = () => {
      reject(cancellationOf(signal))
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', leave)
    })
  })
}
