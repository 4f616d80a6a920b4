import type { Problem, TurnStats } from '../../client/protocol.js'
import type { Sink } from '../../pipeline/sink.js'
import type { AnswerEvent, AnswerStart } from './parts.js'

/** One turn as the body of an HTTP answer, at the pace of its reader. */
export interface Answer {
  readonly contentType: string
  /**
   * Opens the sink of the turn's media.
   * @param signal aborts with the turn
   * @throws InputError for what cannot be put into this form
   */
  open(start: AnswerStart, signal: AbortSignal): Promise<Sink>
  /**
   * Tells what is not media, where the form has room for it. Resolves when the client has taken it; rejects as
   * `PulledBody.write` does.
   */
  tell(event: AnswerEvent): Promise<void>
  /** The turn is over and its media have been taken: ends the body. */
  finish(stats: TurnStats | null): Promise<void>
  /** The turn has failed in its middle: ends the body where the form can say so, and leaves it open where it cannot. */
  fail(problem: Problem, stats: TurnStats | null): Promise<void>
  /** Frees what it holds, after everything else has settled. */
  close(): void
}
