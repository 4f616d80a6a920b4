import { Observable, type OperatorFunction } from 'rxjs'
import { CancelledError, OverloadError } from '../errors.js'
import { END, Inbox } from './inbox.js'
import type { Microseconds } from './time.js'
import type { Turn } from './turn.js'
import { StageWork } from './work.js'

/**
 * Turns packets of one kind into packets of another. A stage is stateless; `open` makes the state of one turn.
 */
export interface Stage<I, O> {
  readonly name: string
  /** How much input, in media time, the stage holds before the matching output can leave. */
  readonly lookahead: Microseconds
  /** The stage as an RxJS operator for one turn. Call it once for each turn. */
  open(turn: Turn): OperatorFunction<I, O>
}

type Items<O> = Iterable<O> | AsyncIterable<O>

export interface StageDefinition<I, O, S> {
  readonly name: string
  /** See {@link Stage.lookahead}. Default: 0. */
  readonly lookahead?: Microseconds
  /** Makes the state of one turn. The signal aborts when the turn is cancelled or nobody listens any more. */
  state(turn: Turn, signal: AbortSignal): S | Promise<S>
  /** Outputs for one input. Called for one input at a time, in order. */
  process(input: I, state: S, context: StageContext): Items<O>
  /** Outputs that remain when the input has ended. */
  flush?(state: S, context: StageContext): Items<O>
  /** Frees the state. Called once, after the last step has ended, however the turn ended. */
  close?(state: S): void | Promise<void>
}

export interface StageContext {
  readonly turn: Turn
  /** Aborts when the turn is cancelled or nobody listens any more. */
  readonly signal: AbortSignal
  /**
   * Waits until media that starts at `timestamp` may be made: see `FlowWindow.admit`. The time does not count as
   * the stage's work.
   *
   * @throws CancelledError when the signal aborts first
   */
  admit(timestamp: Microseconds): Promise<void>
}

/**
 * Packets that may wait in front of one stage. The flow window keeps the real number far below: 2 s of media are 20
 * audio packets, 60 motion packets or 120 frames. Only a line that runs without a window can reach it.
 */
const INBOX_LIMIT = 4096

/**
 * Builds a stage from plain (async) generators.
 *
 * - Ordering: outputs leave in the order in which they are yielded; one input is processed at a time.
 * - Loss: none. Inputs wait in front of the stage, bounded by the turn's flow window.
 * - Work starts on subscription; `state` is made at once, so that a model warms up before its first input.
 * - Unsubscribing, or cancelling the turn, aborts the signal; the step in flight is the last, its output is dropped,
 *   and the turn's tracked work ends when `close` has.
 * - An error of the source or of a generator ends the stream with that error.
 * - The time inside the generators is reported as `stage-work`, less what they wait in `context.admit`.
 */
export function defineStage<I, O, S>(definition: StageDefinition<I, O, S>): Stage<I, O> {
  return {
    name: definition.name,
    lookahead: definition.lookahead ?? 0,
    open: (turn) => (source) =>
      new Observable<O>((output) => {
        const controller = new AbortController()
        const { signal } = controller
        const inbox = new Inbox<I>(INBOX_LIMIT)

        const stop = (reason: unknown): void => {
          controller.abort(reason)
          inbox.fail(reason)
        }
        const onCancel = (): void => {
          stop(turn.signal.reason)
        }

        const run = async (): Promise<void> => {
          try {
            await runSteps(definition, turn, signal, inbox, (item) => {
              output.next(item)
            })
            output.complete()
          } catch (error) {
            output.error(error)
          } finally {
            turn.signal.removeEventListener('abort', onCancel)
          }
        }

        if (turn.signal.aborted) onCancel()
        else turn.signal.addEventListener('abort', onCancel, { once: true })
        void turn.track(run())

        output.add(() => {
          stop(new CancelledError())
        })
        output.add(
          source.subscribe({
            next: (input) => {
              if (!inbox.push(input)) {
                stop(
                  new OverloadError(
                    `The stage "${definition.name}" has ${INBOX_LIMIT} packets waiting: the turn's source does not wait for its window.`,
                  ),
                )
              }
            },
            error: (error: unknown) => {
              stop(error)
            },
            complete: () => {
              inbox.end()
            },
          }),
        )
      }),
  }
}

async function runSteps<I, O, S>(
  definition: StageDefinition<I, O, S>,
  turn: Turn,
  signal: AbortSignal,
  inbox: Inbox<I>,
  emit: (item: O) => void,
): Promise<void> {
  const work = new StageWork(turn, definition.name)
  const admit = (timestamp: Microseconds): Promise<void> => work.pause(turn.window.admit(timestamp, signal))
  const context: StageContext = { turn, signal, admit }
  const state = await definition.state(turn, signal)
  const deliver = async (items: Items<O>): Promise<void> => {
    work.begin()
    try {
      for await (const item of items) {
        signal.throwIfAborted()
        work.made(item)
        emit(item)
        // The delivery itself may have cancelled the turn: the generator must not be asked for more.
        signal.throwIfAborted()
      }
    } finally {
      work.end()
    }
    signal.throwIfAborted()
  }
  try {
    for (;;) {
      const input = await inbox.take()
      if (input === END) break
      await deliver(definition.process(input, state, context))
    }
    if (definition.flush !== undefined) await deliver(definition.flush(state, context))
  } finally {
    await definition.close?.(state)
  }
}
