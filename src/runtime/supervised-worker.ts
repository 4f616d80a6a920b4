import { UnavailableError } from '../errors.js'
import { Connection } from './connection.js'
import { DeviceQueue } from './device-queue.js'
import type { Launch, WorkerHandle } from './launch.js'
import type { RequestBody } from './protocol.js'

/** After so many deaths within the window the worker is left alone until the window has passed. */
const MAX_DEATHS = 3
const DEATH_WINDOW_MS = 10_000
/** How long a child process may take over its last step before it is killed. */
const DRAIN_MS = 30_000

interface Live {
  readonly handle: WorkerHandle
  readonly connection: Connection
}

export interface SupervisedWorkerOptions {
  readonly model: string
  readonly launch: Launch
  readonly load: Omit<RequestBody & { op: 'load' }, 'op'>
  /** Monotonic milliseconds. Default `performance.now`. */
  readonly now?: () => number
}

/** One place of a model's pool: a worker that has the model loaded, replaced by a fresh one when it has died. */
export class SupervisedWorker {
  /** Steps wait here, by priority, until the worker is free. */
  readonly steps = new DeviceQueue(1)
  /** Sessions open or being opened. */
  sessions = 0
  readonly #options: SupervisedWorkerOptions
  readonly #now: () => number
  #live: Promise<Live> | undefined
  #deaths: number[] = []
  #disposed = false

  constructor(options: SupervisedWorkerOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * The connection to the living worker; starts one and loads the model where none lives. Calls that come while it
   * starts share that start; a failed one is forgotten.
   *
   * @throws ModelLoadError or what the program's `load` threw; UnavailableError when the worker keeps dying.
   */
  async connect(): Promise<Connection> {
    if (this.#disposed) throw new UnavailableError(`Model "${this.#options.model}" has been disposed.`)
    if (this.#live === undefined) {
      this.#refuseIfDying()
      const live = this.#start()
      this.#live = live
      const forget = () => {
        if (this.#live === live) this.#live = undefined
      }
      live.then(({ handle }) => {
        void handle.ended.then(() => {
          forget()
          if (!this.#disposed) this.#deaths.push(this.#now())
        })
      }, forget)
    }
    const { connection, handle } = await this.#live
    if (!connection.dead) return connection
    // It is being ended; the next one finds its death counted.
    await handle.ended
    return this.connect()
  }

  /** Ends the worker after its last step. Sessions must be closed before, or they end here. */
  async dispose(): Promise<void> {
    this.#disposed = true
    const live = await this.#live?.catch(() => undefined)
    if (live === undefined) return
    const { handle, connection } = live
    const drainTimer = handle.kill && setTimeout(() => handle.kill?.(), DRAIN_MS)
    try {
      // The reply comes when the running step has ended and the model is freed; a dead worker has nothing to free.
      await connection.request({ op: 'dispose' }).catch((error: unknown) => {
        if (!connection.dead) throw error
      })
    } finally {
      await handle.end()
      clearTimeout(drainTimer)
    }
  }

  async #start(): Promise<Live> {
    const { model, launch, load } = this.#options
    const handle = launch(model)
    const connection = new Connection(model, handle)
    try {
      await connection.ready()
      await connection.request({ op: 'load', ...load })
    } catch (error) {
      await handle.end()
      throw error
    }
    return { handle, connection }
  }

  #refuseIfDying(): void {
    const since = this.#now() - DEATH_WINDOW_MS
    this.#deaths = this.#deaths.filter((time) => time > since)
    if (this.#deaths.length < MAX_DEATHS) return
    throw new UnavailableError(
      `Model "${this.#options.model}": its worker died ${this.#deaths.length} times within ${DEATH_WINDOW_MS / 1000} s; ` +
        'it is started again when that time has passed.',
      { retryable: true },
    )
  }
}
