import { InferenceError } from '../errors.js'
import { HostedContext } from './program-context.js'
import type { AnyProgramModule, Program, ProgramSession, Steps } from './program.js'
import type { Reply, Request, RequestBody } from './protocol.js'
import { describeError } from './wire-error.js'

interface OpenSession {
  readonly state: ProgramSession<unknown, unknown>
  steps: Iterator<unknown> | AsyncIterator<unknown> | undefined
}

type Item = Pick<Reply, 'done' | 'value' | 'last'>

const finished: Item = { done: true }

/** The program of one worker with its open sessions. Answers one request at a time. */
export class ProgramHost {
  readonly #importProgram: (url: string) => Promise<AnyProgramModule>
  readonly #sessions = new Map<number, OpenSession>()
  /** One for every session from its `open` request until it is closed. */
  readonly #cancellations = new Map<number, AbortController>()
  #context: HostedContext | undefined
  #program: Program<unknown, unknown, unknown> | undefined

  constructor(importProgram: (url: string) => Promise<AnyProgramModule>) {
    this.#importProgram = importProgram
  }

  /** Looks at a request the moment it arrives, while a step may be under way: cancellation does not queue. */
  notice(request: Request): void {
    if (request.op === 'open') this.#cancellations.set(request.session, new AbortController())
    if (request.op === 'close') this.#cancellations.get(request.session)?.abort()
  }

  /** Does what a request asks. Never rejects: an error is part of the reply. */
  async answer(request: Request): Promise<Reply> {
    const begun = performance.now()
    try {
      const item = await this.#perform(request)
      return { id: request.id, ...item, durationMs: performance.now() - begun }
    } catch (error) {
      return {
        id: request.id,
        done: true,
        error: describeError(error),
        durationMs: performance.now() - begun,
      }
    }
  }

  /** The buffers of a reply that may be moved. */
  transferOf(reply: Reply): readonly ArrayBufferLike[] {
    return reply.done ? [] : (this.#program?.transfer?.(reply.value) ?? [])
  }

  async #perform(request: RequestBody): Promise<Item> {
    switch (request.op) {
      case 'load':
        await this.#load(request)
        return finished
      case 'open':
        await this.#open(request.session, request.init)
        return finished
      case 'start': {
        const session = this.#session(request.session)
        const signal = this.#signal(request.session)
        const steps =
          request.method === 'process'
            ? session.state.process(request.input, signal)
            : session.state.flush?.(signal)
        if (steps instanceof Promise) return { done: false, value: await steps, last: true }
        session.steps = steps && iteratorOf(steps)
        return this.#next(session, signal)
      }
      case 'next':
        return this.#next(this.#session(request.session), this.#signal(request.session))
      case 'return':
        await this.#return(this.#session(request.session))
        return finished
      case 'close':
        await this.#close(request.session)
        return finished
      case 'dispose':
        await this.#dispose()
        return finished
    }
  }

  async #load(request: RequestBody & { op: 'load' }): Promise<void> {
    const module = await this.#importProgram(request.program)
    this.#context = new HostedContext(request.folder, request.device)
    try {
      this.#program = await module.load(this.#context, request.config)
    } catch (error) {
      await this.#context.release()
      throw error
    }
  }

  async #open(id: number, init: unknown): Promise<void> {
    if (this.#program === undefined) throw new InferenceError('the program is not loaded.')
    const signal = this.#signal(id)
    if (signal.aborted) return
    this.#sessions.set(id, { state: await this.#program.open(init, signal), steps: undefined })
  }

  async #next(session: OpenSession, signal: AbortSignal): Promise<Item> {
    const { steps } = session
    if (steps === undefined || signal.aborted) return finished
    let result: IteratorResult<unknown>
    try {
      result = await steps.next()
    } catch (error) {
      session.steps = undefined
      throw error
    }
    if (result.done !== true) return { done: false, value: result.value }
    session.steps = undefined
    return finished
  }

  async #return(session: OpenSession): Promise<void> {
    const { steps } = session
    session.steps = undefined
    await steps?.return?.()
  }

  async #close(id: number): Promise<void> {
    const session = this.#sessions.get(id)
    this.#sessions.delete(id)
    this.#cancellations.delete(id)
    if (session === undefined) return
    try {
      await this.#return(session)
    } finally {
      await session.state.close?.()
    }
  }

  async #dispose(): Promise<void> {
    try {
      for (const id of [...this.#sessions.keys()]) await this.#close(id)
      await this.#program?.dispose?.()
    } finally {
      this.#program = undefined
      await this.#context?.release()
    }
  }

  #session(id: number): OpenSession {
    const session = this.#sessions.get(id)
    if (session === undefined) throw new InferenceError(`session ${id} is not open.`)
    return session
  }

  #signal(id: number): AbortSignal {
    const cancellation = this.#cancellations.get(id)
    if (cancellation === undefined) throw new InferenceError(`session ${id} is not open.`)
    return cancellation.signal
  }
}

function iteratorOf(steps: Steps<unknown>): Iterator<unknown> | AsyncIterator<unknown> {
  return Symbol.asyncIterator in steps ? steps[Symbol.asyncIterator]() : steps[Symbol.iterator]()
}
