import { tap } from 'rxjs'
import type { Packet } from './packet.js'
import type { Stage } from './stage.js'

/**
 * The same stage, reporting each packet that leaves it as `packet-emit`, and none that it did not make. Nothing is
 * buffered, delayed or lost.
 */
export function measured<I, O extends Packet>(stage: Stage<I, O>): Stage<I, O> {
  return {
    name: stage.name,
    lookahead: stage.lookahead,
    open: (turn) => (source) =>
      source.pipe(
        stage.open(turn),
        tap(({ kind, timestamp, duration }) => {
          if (kind === 'gap') return
          turn.emit({
            type: 'packet-emit',
            turn: turn.id,
            at: turn.clock.now(),
            stage: stage.name,
            kind,
            timestamp,
            duration,
          })
        }),
      ),
  }
}
