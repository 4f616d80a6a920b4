import { CancelledError } from '../errors.js'
import type { Observable } from 'rxjs'
import type { Packet } from './packet.js'
import { deliver, type Sink } from './sink.js'
import type { Turn } from './turn.js'

/**
 * Runs one turn on its own, from its packets to its sinks, and reports its start and end as telemetry. Resolves when
 * the sinks have finished and all work of the turn has ended; rejects with the first error after the same has
 * happened and every sink was aborted.
 */
export async function runTurn(
  packets$: Observable<Packet>,
  sinks: readonly Sink[],
  turn: Turn,
): Promise<void> {
  turn.reportStart()
  try {
    await deliver(packets$, sinks, turn)
    await turn.ended()
    turn.reportEnd('completed')
  } catch (error) {
    // Whatever is still running for a failed turn is stopped, so that its end can be awaited.
    turn.cancel(new CancelledError('The turn failed.', { cause: error }))
    await turn.ended()
    turn.reportEnd(error instanceof CancelledError ? 'cancelled' : 'failed', error)
    throw error
  }
}
