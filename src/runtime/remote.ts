import { setMaxListeners } from 'node:events'
import { CancelledError, InputError } from '../errors.js'
import type { PhizError } from '../errors.js'
import { cancellationOf, untilAborted } from './cancellation.js'
import type { Connection } from './connection.js'
import type { QueueOptions } from './device-queue.js'
import type { EngineSession, OpenOptions, StepEvent } from './engine.js'
import type { Reply, RequestBody } from './protocol.js'

/**
 * How many may listen for a turn's end before Node suspects a leak: its stages, on up to 32 workers each, and twice
 * as many while the size of its pictures changes.
 */
const EXPECTED_LISTENERS = 128

/** What a session needs of its engine. */
export interface SessionLink {
  readonly model: string
  readonly connection: Connection
  /** Runs a step when the worker, and the device if it takes part, are free; holds both until the step has ended. */
  schedule<T>(step: () => Promise<T>, options: QueueOptions): Promise<T>
  readonly onStep: ((event: StepEvent) => void) | undefined
  /** Called once, when the session has really ended. */
  readonly onClosed: () => void
}

/** A session in a worker, seen from here: every item is one request. */
export class RemoteSession<In, Out> implements EngineSession<In, Out> {
  readonly #link: SessionLink
  readonly #id: number
  readonly #turn: AbortSignal
  readonly #priority: OpenOptions['priority']
  /** Aborts with the turn's signal, and when the session is closed. */
  readonly #ending = new AbortController()
  #opened = false
  #busy = false
  #failure: PhizError | undefined
  #closed: Promise<void> | undefined

  constructor(link: SessionLink, { signal, priority }: OpenOptions) {
    this.#link = link
    this.#id = link.connection.nextSession()
    this.#turn = signal
    this.#priority = priority
    setMaxListeners(EXPECTED_LISTENERS, signal)
    signal.addEventListener('abort', this.#cancel, { once: true })
  }

  /** Opens the session in the worker. On failure the session is closed. */
  async open(init: unknown): Promise<this> {
    try {
      if (this.#turn.aborted) throw cancellationOf(this.#turn)
      await this.#step('open', { op: 'open', session: this.#id, init })
      return this
    } catch (error) {
      this.close().catch(() => undefined)
      throw error
    }
  }

  process(input: In, transfer?: readonly ArrayBufferLike[]): AsyncIterable<Out> {
    return this.#iterate('process', input, transfer)
  }

  flush(): AsyncIterable<Out> {
    return this.#iterate('flush')
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  /** Ends the session as an abort of its turn does. */
  cancel(reason: PhizError): void {
    this.#ending.abort(reason)
    this.close().catch(() => undefined)
  }

  readonly #cancel = (): void => {
    this.cancel(cancellationOf(this.#turn))
  }

  async *#iterate(
    method: 'process' | 'flush',
    input?: In,
    transfer?: readonly ArrayBufferLike[],
  ): AsyncGenerator<Out, void> {
    const session = this.#id
    if (this.#busy) {
      throw new InputError(
        `Model "${this.#link.model}": a session takes one call at a time; the last one has not ended.`,
      )
    }
    this.#busy = true
    let suspended = false
    try {
      let reply = await this.#step(method, { op: 'start', session, method, input }, transfer)
      while (!reply.done) {
        suspended = reply.last !== true
        yield reply.value as Out
        if (reply.last === true) return
        suspended = false
        reply = await this.#step(method, { op: 'next', session })
      }
    } finally {
      // Left between two items: the program's iterator ends before the loop does. Closing ends it by itself.
      if (suspended && this.#closed === undefined)
        await this.#link.connection.request({ op: 'return', session })
      this.#busy = false
    }
  }

  async #step(
    method: StepEvent['method'],
    body: RequestBody,
    transfer?: readonly ArrayBufferLike[],
  ): Promise<Reply> {
    if (this.#failure !== undefined) throw this.#failure
    const { signal } = this.#ending
    const priority = typeof this.#priority === 'function' ? this.#priority() : (this.#priority ?? 0)
    const work = this.#link.schedule(() => this.#send(method, body, transfer), { signal, priority })
    return untilAborted(work, signal)
  }

  async #send(
    method: StepEvent['method'],
    body: RequestBody,
    transfer?: readonly ArrayBufferLike[],
  ): Promise<Reply> {
    const { model, connection, onStep } = this.#link
    this.#opened = true
    const reply = await connection.request(body, transfer).catch((error: unknown) => {
      this.#failure = error as PhizError
      throw error
    })
    onStep?.({ model, method, durationMs: reply.durationMs })
    return reply
  }

  async #close(): Promise<void> {
    this.#turn.removeEventListener('abort', this.#cancel)
    this.#ending.abort(new CancelledError(`Model "${this.#link.model}": the session is closed.`))
    const { connection } = this.#link
    try {
      if (this.#opened) await connection.request({ op: 'close', session: this.#id })
    } catch (error) {
      if (!connection.dead) throw error
    } finally {
      this.#link.onClosed()
    }
  }
}
