import { connect, filter, merge, type Observable, type OperatorFunction } from 'rxjs'
import type { Packet, PacketKind, PacketOf } from './packet.js'
import { isKind } from './packet.js'
import type { Stage } from './stage.js'
import type { Microseconds } from './time.js'
import type { Turn } from './turn.js'

/**
 * Joins stages end to end. The result is a stage: its look-ahead is the sum of theirs.
 * Ordering and loss are those of the stages; nothing is buffered between them.
 */
export function chain<A, B>(a: Stage<A, B>): Stage<A, B>
export function chain<A, B, C>(a: Stage<A, B>, b: Stage<B, C>): Stage<A, C>
export function chain<A, B, C, D>(a: Stage<A, B>, b: Stage<B, C>, c: Stage<C, D>): Stage<A, D>
export function chain<A, B, C, D, E>(
  a: Stage<A, B>,
  b: Stage<B, C>,
  c: Stage<C, D>,
  d: Stage<D, E>,
): Stage<A, E>
export function chain(...stages: readonly Stage<unknown, unknown>[]): Stage<unknown, unknown> {
  return {
    name: stages.map((stage) => stage.name).join(' → '),
    lookahead: stages.reduce((sum, stage) => sum + stage.lookahead, 0),
    open: (turn) => (source) =>
      stages.reduce<Observable<unknown>>((stream, stage) => stream.pipe(stage.open(turn)), source),
  }
}

/**
 * Passes every packet on and feeds those of one kind to a branch, whose output joins the stream.
 *
 * - The source is subscribed once, before which the branch is ready (`connect`; `share` with `merge` would run a
 *   synchronous source twice).
 * - Ordering: each side keeps its own order; a packet passes before the branch's output for it.
 * - The stream ends when both sides have; an error on either ends it.
 */
export function fork<I extends Packet, K extends PacketKind, O extends Packet>(
  kind: K,
  branch: Stage<PacketOf<K>, O>,
): Stage<I, I | O> {
  return {
    name: `fork(${branch.name})`,
    lookahead: branch.lookahead,
    open: (turn: Turn): OperatorFunction<I, I | O> =>
      connect((packets: Observable<I>) =>
        merge<[I, O]>(packets, (packets as Observable<Packet>).pipe(filter(isKind(kind)), branch.open(turn))),
      ),
  }
}

/**
 * Checks that a line can run within a window: a stage that holds `lookahead` of input needs the source to be let
 * further ahead than that.
 * @throws RangeError naming both times
 */
export function checkWindow(
  line: Pick<Stage<never, unknown>, 'name' | 'lookahead'>,
  span: Microseconds,
): void {
  if (span > line.lookahead) return
  throw new RangeError(
    `The flow window of ${span} µs must exceed the line's look-ahead of ${line.lookahead} µs (${line.name}).`,
  )
}
