import { localChannel } from './channel.js'
import type { Device } from './device.js'
import type { DeviceQueue } from './device-queue.js'
import type { Engine, ModelSpec, StepEvent } from './engine.js'
import { importProgram } from './import-program.js'
import type { Launch } from './launch.js'
import { ProgramEngine } from './program-engine.js'
import type { ProgramModule } from './program.js'
import { programUrl } from './program-url.js'
import { serve } from './serve.js'
import { SupervisedWorker } from './supervised-worker.js'
import type { WorkerEngineOptions } from './worker-engine.js'

export interface InlineEngineOptions<Config> {
  /** Default `inline`. */
  readonly id?: string
  readonly config: Config
  /** Default: the current folder. */
  readonly folder?: string
  /** Default: the CPU. */
  readonly device?: Device
  /** Stand-ins for workers, each with its own load of the program. Default 1. */
  readonly workers?: number | undefined
  readonly maxSessions?: number | undefined
  readonly deviceQueue?: DeviceQueue | undefined
  readonly onStep?: ((event: StepEvent) => void) | undefined
}

/**
 * An engine without workers, for tests: the program runs in this thread, behind the same protocol, and messages are
 * cloned and moved as on the way to a real worker.
 */
export async function createInlineEngine<Config, Init, In, Out>(
  module: ProgramModule<Config, Init, In, Out>,
  options: InlineEngineOptions<Config>,
): Promise<Engine<Init, In, Out>> {
  const {
    id = 'inline',
    config,
    folder = process.cwd(),
    device = { kind: 'cpu' },
    workers: count = 1,
  } = options
  const launch = launchInline(module)
  const load = { program: 'inline:', folder, device, config }
  const workers = Array.from({ length: count }, () => new SupervisedWorker({ model: id, launch, load }))
  const { maxSessions, deviceQueue, onStep } = options
  const engine = new ProgramEngine<Init, In, Out>({ id, workers, maxSessions, deviceQueue, onStep })
  return engine.start()
}

/**
 * The same from a spec: stands in for `createWorkerEngine`, for example as a registry's `create`.
 *
 * @throws ModelLoadError when the module is no program, or what its `load` throws.
 */
export async function createInlineEngineOf(
  spec: ModelSpec,
  { device, deviceQueue, onStep }: WorkerEngineOptions,
): Promise<Engine<unknown, unknown, unknown>> {
  return createInlineEngine(await importProgram(programUrl(spec.program)), {
    id: spec.id,
    config: spec.config,
    folder: spec.folder,
    device: spec.device ?? device,
    workers: spec.workers,
    maxSessions: spec.maxSessions,
    deviceQueue,
    onStep,
  })
}

function launchInline<Config, Init, In, Out>(module: ProgramModule<Config, Init, In, Out>): Launch {
  return () => {
    const [here, there] = localChannel()
    let finish: (how: string) => void = () => undefined
    const ended = new Promise<string>((resolve) => {
      finish = resolve
    })
    serve(there, () => Promise.resolve(module))
    return {
      channel: here,
      ended,
      end() {
        finish('it was ended')
        return Promise.resolve()
      },
    }
  }
}
