import { setMaxListeners } from 'node:events'
import { CancelledError } from '../errors.js'
import { untilAborted } from './cancellation.js'
import type { EngineSession, PoolSession } from './engine.js'

/** Spreads calls over the same session opened on several workers: each call takes a free one until it has ended. */
export class SpreadSession<In, Out> implements PoolSession<In, Out> {
  readonly width: number
  readonly #members: readonly EngineSession<In, Out>[]
  readonly #free: EngineSession<In, Out>[]
  readonly #waiting: ((member: EngineSession<In, Out>) => void)[] = []
  readonly #signal: AbortSignal
  readonly #ending = new AbortController()
  #closed: Promise<void> | undefined

  constructor(members: readonly EngineSession<In, Out>[], signal: AbortSignal) {
    this.width = members.length
    this.#members = members
    this.#free = [...members]
    this.#signal = AbortSignal.any([signal, this.#ending.signal])
    // Every call that waits listens; how many they are is bounded by the stage that makes them.
    setMaxListeners(0, this.#signal)
  }

  async *process(input: In, transfer?: readonly ArrayBufferLike[]): AsyncGenerator<Out, void> {
    const member = await this.#take()
    try {
      yield* member.process(input, transfer)
    } finally {
      this.#give(member)
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close())
  }

  async #take(): Promise<EngineSession<In, Out>> {
    const free = this.#free.pop()
    if (free !== undefined) return free
    let settle: (member: EngineSession<In, Out>) => void = () => undefined
    const turn = new Promise<EngineSession<In, Out>>((resolve) => {
      settle = resolve
      this.#waiting.push(resolve)
    })
    try {
      return await untilAborted(turn, this.#signal)
    } catch (error) {
      const place = this.#waiting.indexOf(settle)
      if (place >= 0) this.#waiting.splice(place, 1)
      throw error
    }
  }

  #give(member: EngineSession<In, Out>): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(member)
    else next(member)
  }

  async #close(): Promise<void> {
    this.#ending.abort(new CancelledError('The session is closed.'))
    await Promise.all(this.#members.map((member) => member.close()))
  }
}
