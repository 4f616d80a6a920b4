import { availableParallelism } from 'node:os'
import { InputError, UnavailableError } from '../errors.js'
import { deviceName } from './device.js'
import type { Device } from './device.js'
import { DeviceQueue } from './device-queue.js'
import type { ConfigOf, Engine, EngineOf, ModelSpec, StepEvent } from './engine.js'
import type { AnyProgramModule } from './program.js'
import { createWorkerEngine } from './worker-engine.js'
import type { WorkerEngineOptions } from './worker-engine.js'

type AnyEngine = Engine<unknown, unknown, unknown>

interface Entry {
  readonly spec: ModelSpec
  readonly engine: Promise<AnyEngine>
}

export interface RegistryOptions {
  /** Where models run, unless a spec names another device. */
  readonly device: Device
  /** Steps at once on one device. Default: 1 on CUDA; as many as there are cores on the CPU. */
  readonly deviceConcurrency?: number
  /** Told of every step of every model. */
  readonly onStep?: (event: StepEvent) => void
  /** How a spec becomes an engine. Default: with workers. */
  readonly create?: (spec: ModelSpec, options: WorkerEngineOptions) => Promise<AnyEngine>
}

/** The loaded models of one application, each once, and the queues of the devices they share. */
export class ModelRegistry {
  readonly device: Device
  readonly #options: RegistryOptions
  readonly #entries = new Map<string, Entry>()
  readonly #queues = new Map<string, DeviceQueue>()
  /** Models on their way out; the same model is loaded again only when the last one has gone. */
  readonly #endings = new Map<string, Promise<void>>()
  #shutdown: Promise<void> | undefined

  constructor(options: RegistryOptions) {
    this.device = options.device
    this.#options = options
  }

  /**
   * The engine of a model. The first call loads it, calls meanwhile and later share it; a load that failed is
   * forgotten, so that the next call tries again.
   *
   * @example
   * import type program from './program.js'
   * const engine = await registry.load<typeof program>({ id: 'lam', program: new URL('./program.js', import.meta.url), … })
   * @throws InputError when the id is taken by another program or folder; UnavailableError after `shutdown`.
   */
  async load<Module extends AnyProgramModule>(spec: ModelSpec<ConfigOf<Module>>): Promise<EngineOf<Module>> {
    if (this.#shutdown !== undefined)
      throw new UnavailableError(`Model "${spec.id}" is not loaded: phiz is shutting down.`)
    const known = this.#entries.get(spec.id)
    if (known !== undefined) refuseIfDifferent(known.spec, spec)
    const entry = known ?? this.#begin(spec)
    return (await entry.engine) as EngineOf<Module>
  }

  /** Loads models ahead of their first use, side by side. Waits for all, then throws the first error if there is one. */
  async prewarm(specs: readonly ModelSpec[]): Promise<void> {
    const loads = await Promise.allSettled(specs.map((spec) => this.load(spec)))
    for (const load of loads) if (load.status === 'rejected') throw load.reason
  }

  /** Ids of the models that are loaded or being loaded. */
  ids(): string[] {
    return [...this.#entries.keys()]
  }

  /** The queue of a device, which is made when it is first asked for. */
  queueOf(device: Device): DeviceQueue {
    const name = deviceName(device)
    let queue = this.#queues.get(name)
    if (queue === undefined) {
      const usual = device.kind === 'cuda' ? 1 : availableParallelism()
      queue = new DeviceQueue(this.#options.deviceConcurrency ?? usual)
      this.#queues.set(name, queue)
    }
    return queue
  }

  /** Ends one model after its running steps; nothing happens when it is not loaded. */
  async dispose(id: string): Promise<void> {
    const entry = this.#entries.get(id)
    if (entry !== undefined) this.#end(id, entry)
    await this.#endings.get(id)
  }

  /** Loads nothing more and ends all models, each after its running steps. Safe to call twice. */
  shutdown(): Promise<void> {
    return (this.#shutdown ??= this.#endAll())
  }

  async #endAll(): Promise<void> {
    const ends = await Promise.allSettled(
      [...this.ids(), ...this.#endings.keys()].map((id) => this.dispose(id)),
    )
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  #end(id: string, { engine }: Entry): void {
    this.#entries.delete(id)
    const ending = engine.then(
      (loaded) => loaded.dispose(),
      () => undefined,
    )
    const settled = ending.finally(() => {
      if (this.#endings.get(id) === settled) this.#endings.delete(id)
    })
    this.#endings.set(id, settled)
  }

  #begin(spec: ModelSpec): Entry {
    const { create = createWorkerEngine, onStep } = this.#options
    const device = spec.device ?? this.device
    const usesDevice = spec.usesDevice ?? device.kind === 'cuda'
    const deviceQueue = usesDevice ? this.queueOf(device) : undefined
    const load = () => create(spec, { device, onStep, deviceQueue })
    const leaving = this.#endings.get(spec.id)
    const engine = leaving === undefined ? load() : leaving.then(load, load)
    const entry: Entry = { spec, engine }
    this.#entries.set(spec.id, entry)
    engine.catch(() => {
      if (this.#entries.get(spec.id) === entry) this.#entries.delete(spec.id)
    })
    return entry
  }
}

function refuseIfDifferent(known: ModelSpec, spec: ModelSpec): void {
  if (known.program.href === spec.program.href && known.folder === spec.folder) return
  throw new InputError(
    `id is "${spec.id}", which ${known.program.href} in ${known.folder} has already; ` +
      `${spec.program.href} in ${spec.folder} needs another.`,
  )
}
