import { catchError, concat, defer, EMPTY, of, Subject, switchMap, tap, type Observable } from 'rxjs'
import { CancelledError, PhizError, type ErrorCode } from '../errors.js'
import { checkWindow } from './compose.js'
import type { Packet, TurnId } from './packet.js'
import type { Stage } from './stage.js'
import type { Telemetry, TurnOutcome } from './telemetry.js'
import type { Clock, Microseconds } from './time.js'
import { DEFAULT_WINDOW_SPAN, Turn } from './turn.js'

/** Marks the life of a turn in a conversation's output, between its packets. */
export type TurnEvent =
  | { readonly type: 'turn-start'; readonly turn: TurnId }
  | {
      readonly type: 'turn-end'
      readonly turn: TurnId
      readonly error?: { readonly code: ErrorCode; readonly message: string }
    }
  | { readonly type: 'turn-cancel'; readonly turn: TurnId }

export interface ConversationOptions<I> {
  /** The line that each turn runs. */
  readonly line: Stage<I, Packet>
  /** What the ids of its turns begin with; one of its own where several share their telemetry. Default: `turn`. */
  readonly name?: string
  readonly windowSpan?: Microseconds
  readonly clock?: Clock
  readonly telemetry?: Telemetry
}

/**
 * A line of turns with one user, at most one of them live: a new turn cancels the one before it.
 *
 * The conversation itself says `turn-start`, `turn-end` and `turn-cancel`, never the dying stream, so that every turn
 * that starts ends with exactly one of the two. A failing turn ends with its error; the conversation lives on.
 */
export class Conversation<I> implements AsyncDisposable {
  readonly #options: ConversationOptions<I>
  readonly #requests = new Subject<{ readonly turn: Turn; readonly input$: Observable<I> } | null>()
  readonly #output = new Subject<Packet | TurnEvent>()
  readonly #ending = new Set<Promise<void>>()
  #live: Turn | undefined
  #count = 0

  constructor(options: ConversationOptions<I>) {
    const span = options.windowSpan ?? DEFAULT_WINDOW_SPAN
    checkWindow(options.line, span)
    this.#options = options
    this.#requests
      .pipe(switchMap((request) => (request === null ? EMPTY : this.#run(request.turn, request.input$))))
      .subscribe(this.#output)
  }

  /** Packets and events of all turns, hot. Subscribe before the first turn; nothing is replayed. */
  get output$(): Observable<Packet | TurnEvent> {
    return this.#output.asObservable()
  }

  /** The live turn, for its flow window and signal. */
  get live(): Turn | undefined {
    return this.#live
  }

  /**
   * Starts a turn, cancelling the live one.
   * @param prepare is called before the turn's source runs: add the sinks' branches to its window here
   */
  start(input: (turn: Turn) => Observable<I>, prepare?: (turn: Turn) => void): Turn {
    this.#cancelLive()
    this.#count += 1
    const turn = new Turn({
      id: `${this.#options.name ?? 'turn'}-${this.#count}`,
      windowSpan: this.#options.windowSpan,
      clock: this.#options.clock,
      telemetry: this.#options.telemetry,
    })
    this.#live = turn
    prepare?.(turn)
    this.#requests.next({ turn, input$: defer(() => input(turn)) })
    return turn
  }

  /** Cancels the live turn, if there is one. */
  interrupt(): void {
    this.#cancelLive()
    this.#requests.next(null)
  }

  /** Resolves when the work of every cancelled or ended turn has really ended. */
  async settled(): Promise<void> {
    while (this.#ending.size > 0) await Promise.all(this.#ending)
  }

  /** Cancels the live turn and waits for all work to end; the output completes. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.interrupt()
    await this.settled()
    this.#requests.complete()
  }

  #cancelLive(): void {
    const turn = this.#live
    if (turn === undefined) return
    this.#live = undefined
    turn.cancel(new CancelledError('The turn was interrupted.'))
    this.#close(turn, 'cancelled')
    this.#output.next({ type: 'turn-cancel', turn: turn.id })
  }

  #run(turn: Turn, input$: Observable<I>): Observable<Packet | TurnEvent> {
    const packets$ = defer(() => {
      turn.reportStart()
      return input$.pipe(this.#options.line.open(turn))
    }).pipe(
      tap({
        complete: () => {
          this.#end(turn, 'completed')
        },
      }),
      // The one catch of a turn: inside the switchMap, so that the conversation outlives the failure.
      catchError((error: unknown) => {
        this.#end(turn, 'failed', error)
        return EMPTY
      }),
    )
    return concat(of<TurnEvent>({ type: 'turn-start', turn: turn.id }), packets$)
  }

  #end(turn: Turn, outcome: TurnOutcome, error?: unknown): void {
    if (this.#live !== turn) return
    this.#live = undefined
    this.#close(turn, outcome, error)
    this.#output.next({
      type: 'turn-end',
      turn: turn.id,
      ...(outcome === 'failed' ? { error: publicError(error) } : {}),
    })
  }

  #close(turn: Turn, outcome: TurnOutcome, error?: unknown): void {
    turn.reportEnd(outcome, error)
    const ending = turn.ended().finally(() => {
      this.#ending.delete(ending)
    })
    this.#ending.add(ending)
  }
}

function publicError(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  return PhizError.isInstance(error)
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: 'Something went wrong inside phiz; the log has the details.' }
}
