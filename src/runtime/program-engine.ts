import { CancelledError, OverloadError, UnavailableError } from '../errors.js'
import { cancellationOf, untilAborted } from './cancellation.js'
import type { Connection } from './connection.js'
import type { DeviceQueue } from './device-queue.js'
import type { Engine, EngineSession, OpenOptions, PoolSession, StepEvent } from './engine.js'
import { SpreadSession } from './pool-session.js'
import { RemoteSession } from './remote.js'
import type { SupervisedWorker } from './supervised-worker.js'

const DEFAULT_MAX_SESSIONS = 64

export interface ProgramEngineOptions {
  readonly id: string
  readonly workers: readonly SupervisedWorker[]
  /** Sessions open at once on each worker. Default 64. */
  readonly maxSessions?: number | undefined
  /** The queue of the device, where steps take part in it. */
  readonly deviceQueue?: DeviceQueue | undefined
  readonly onStep?: ((event: StepEvent) => void) | undefined
}

/** An engine over the workers of one model. */
export class ProgramEngine<Init, In, Out> implements Engine<Init, In, Out> {
  readonly id: string
  readonly #options: ProgramEngineOptions
  readonly #sessions = new Set<RemoteSession<In, Out>>()

  #disposed: Promise<void> | undefined

  constructor(options: ProgramEngineOptions) {
    this.id = options.id
    this.#options = options
  }

  /** Starts every worker and loads the model in each. */
  async start(): Promise<this> {
    const starts = await Promise.allSettled(this.#options.workers.map((worker) => worker.connect()))
    const failed = starts.find((start) => start.status === 'rejected')
    if (failed === undefined) return this
    await this.dispose()
    throw failed.reason
  }

  async open(init: Init, options: OpenOptions): Promise<EngineSession<In, Out>> {
    return this.#openOn(this.#leastBusy(), init, options)
  }

  async openPool(init: Init, options: OpenOptions): Promise<PoolSession<In, Out>> {
    const attempts = await Promise.allSettled(
      this.#options.workers.map(async (worker) => this.#openOn(worker, init, options)),
    )
    const members = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    const failed = attempts.find((attempt) => attempt.status === 'rejected')
    if (failed === undefined) return new SpreadSession(members, options.signal)
    await Promise.allSettled(members.map((member) => member.close()))
    throw failed.reason
  }

  dispose(): Promise<void> {
    return (this.#disposed ??= this.#dispose())
  }

  #leastBusy(): SupervisedWorker {
    return this.#options.workers.reduce((best, worker) => (worker.sessions < best.sessions ? worker : best))
  }

  async #openOn(worker: SupervisedWorker, init: Init, options: OpenOptions): Promise<EngineSession<In, Out>> {
    const { maxSessions = DEFAULT_MAX_SESSIONS } = this.#options
    this.#refuseIfDisposed()
    if (options.signal.aborted) throw cancellationOf(options.signal)
    if (worker.sessions >= maxSessions) {
      throw new OverloadError(
        `Model "${this.id}" has ${maxSessions} sessions open on a worker, which is its limit.`,
      )
    }
    worker.sessions += 1
    let session: RemoteSession<In, Out>
    try {
      const connection = await untilAborted(worker.connect(), options.signal)
      this.#refuseIfDisposed()
      session = this.#sessionOn(worker, connection, options)
    } catch (error) {
      worker.sessions -= 1
      throw error
    }
    return session.open(init)
  }

  #sessionOn(worker: SupervisedWorker, connection: Connection, options: OpenOptions): RemoteSession<In, Out> {
    const { deviceQueue, onStep } = this.#options
    const session = new RemoteSession<In, Out>(
      {
        model: this.id,
        connection,
        schedule: (step, queueOptions) =>
          worker.steps.run(
            deviceQueue === undefined ? step : () => deviceQueue.run(step, queueOptions),
            queueOptions,
          ),
        onStep,
        onClosed: () => {
          worker.sessions -= 1
          this.#sessions.delete(session)
        },
      },
      options,
    )
    this.#sessions.add(session)
    return session
  }

  #refuseIfDisposed(): void {
    if (this.#disposed !== undefined) throw new UnavailableError(`Model "${this.id}" has been disposed.`)
  }

  async #dispose(): Promise<void> {
    const sessions = [...this.#sessions]
    const reason = new CancelledError(`Model "${this.id}" is being disposed.`)
    for (const session of sessions) session.cancel(reason)
    await Promise.allSettled(sessions.map((session) => session.close()))
    await Promise.all(this.#options.workers.map((worker) => worker.dispose()))
  }
}
