import { CancelledError, codeOf, PhizError } from '../errors.js'
import type { TurnId } from './packet.js'
import { noTelemetry, type Telemetry, type TelemetryEvent, type TurnOutcome } from './telemetry.js'
import { systemClock, type Clock, type Microseconds } from './time.js'
import { FlowWindow } from './window.js'

/** How far ahead of the slowest sink a turn's source may run when nothing else is said: 2 s of media. */
export const DEFAULT_WINDOW_SPAN: Microseconds = 2_000_000

export interface TurnOptions {
  readonly id: TurnId
  /** Span of the flow window. Default: {@link DEFAULT_WINDOW_SPAN}. */
  readonly windowSpan?: Microseconds | undefined
  readonly clock?: Clock | undefined
  readonly telemetry?: Telemetry | undefined
  /** An outer signal (a closed connection, Ctrl-C) that cancels this turn too. */
  readonly signal?: AbortSignal | undefined
}

/**
 * One utterance. It owns everything that is made for it: the signal that stops it, the flow window that holds its
 * source, its clock zero, and the list of work that must have ended before the turn has.
 */
export class Turn {
  readonly id: TurnId
  readonly window: FlowWindow
  readonly clock: Clock
  readonly startedAt: Microseconds
  readonly #controller = new AbortController()
  readonly #telemetry: Telemetry
  readonly #work = new Set<Promise<unknown>>()
  readonly #unlink: () => void

  constructor(options: TurnOptions) {
    this.id = options.id
    this.window = new FlowWindow(options.windowSpan ?? DEFAULT_WINDOW_SPAN)
    this.clock = options.clock ?? systemClock
    this.startedAt = this.clock.now()
    this.#telemetry = options.telemetry ?? noTelemetry
    this.#unlink = this.#follow(options.signal)
  }

  /** Aborts when the turn is cancelled. Every await of the turn takes it. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Number of pieces of work that have not ended yet, for inspection. */
  get running(): number {
    return this.#work.size
  }

  /** Stops the turn: aborts its signal. Work in a native run ends with that run; {@link ended} tells when. */
  cancel(reason: Error = new CancelledError()): void {
    this.#controller.abort(reason)
  }

  /** Registers work that must be over before the turn is, and returns it. Its rejection stays its owner's affair. */
  track<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(ignore, ignore).finally(() => {
      this.#work.delete(settled)
    })
    this.#work.add(settled)
    return work
  }

  /** Resolves when all tracked work, and work started meanwhile, has really ended. Releases the outer signal. */
  async ended(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work)
    this.#unlink()
  }

  emit(event: TelemetryEvent): void {
    this.#telemetry(event)
  }

  /** Reports the turn's start. Called once, by whoever runs it. */
  reportStart(): void {
    this.emit({ type: 'turn-start', turn: this.id, at: this.clock.now() })
  }

  /** Reports the turn's end, with the code of what ended it where that was an error. Called once. */
  reportEnd(outcome: TurnOutcome, error?: unknown): void {
    const code = error === undefined ? {} : { code: codeOf(error) }
    this.emit({ type: 'turn-end', turn: this.id, at: this.clock.now(), outcome, ...code })
  }

  #follow(outer: AbortSignal | undefined): () => void {
    if (outer === undefined) return ignore
    const onAbort = (): void => {
      const reason: unknown = outer.reason
      // A bare abort() gives a DOMException, which says nothing of what was cancelled.
      this.cancel(PhizError.isInstance(reason) ? reason : new CancelledError(undefined, { cause: reason }))
    }
    // An 'abort' listener on a signal that has already aborted is never called.
    if (outer.aborted) {
      onAbort()
      return ignore
    }
    outer.addEventListener('abort', onAbort, { once: true })
    return () => {
      outer.removeEventListener('abort', onAbort)
    }
  }
}

function ignore(): void {
  // Settled either way.
}
