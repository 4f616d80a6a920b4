import { setImmediate as nextTick } from 'node:timers/promises'
import type { Observable } from 'rxjs'
import type { TextPacket } from '../../pipeline/packet.js'
import { pull } from '../../pipeline/pull.js'
import type { Turn } from '../../pipeline/turn.js'

/** Pieces that leave in a row before the stages behind are given time to take them: far fewer than may wait there. */
const MOST_IN_A_ROW = 256

/**
 * What the first segment of an answer aims at, in letters, for `segmentText`: its first clause that is worth a breath.
 * With a longer aim a clause waits until so many letters have been written, of which a slow model writes 30 a second.
 */
export const ANSWER_FIRST_LENGTH = 12

/**
 * An answer that is still being written, as the text of a turn: one packet for each piece, at once. The line's first
 * stage, `segmentText`, takes the packets of a turn as pieces of one text and lets each clause go as soon as it is
 * complete, so that it is spoken while the rest is being written; the first one soonest, with
 * {@link ANSWER_FIRST_LENGTH}.
 *
 * - Cold; reads on subscription, as fast as the pieces come: an answer is bounded by its `Reply`.
 * - The turn tracks the reading to its real end; cancelling it, or unsubscribing, stops the reading at once.
 * - An error of the answer is the stream's error.
 *
 * @param pieces starts the answer; the signal aborts when the turn is cancelled or nobody listens any more
 * @param style language and voice of all of it, where they are known
 */
export function replySource(
  turn: Turn,
  pieces: (signal: AbortSignal) => AsyncIterable<string>,
  style: Pick<TextPacket, 'language' | 'voice'> = {},
): Observable<TextPacket> {
  return pull(
    async function* (unsubscribed) {
      const signal = AbortSignal.any([unsubscribed, turn.signal])
      let inARow = 0
      for await (const text of pieces(signal)) {
        signal.throwIfAborted()
        yield { ...style, kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text } as const
        inARow += 1
        if (inARow % MOST_IN_A_ROW === 0) await nextTick()
      }
      signal.throwIfAborted()
    },
    (end) => void turn.track(end),
  )
}
