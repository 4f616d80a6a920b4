import { cancellationOf } from '../../runtime/cancellation.js'

/** @throws the signal's error once it has aborted. */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancellationOf(signal)
}
