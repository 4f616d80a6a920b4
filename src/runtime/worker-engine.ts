import { InputError } from '../errors.js'
import type { Device } from './device.js'
import type { DeviceQueue } from './device-queue.js'
import type { Engine, ModelSpec, StepEvent } from './engine.js'
import { launchProcess, launchThread } from './launch.js'
import { ProgramEngine } from './program-engine.js'
import { programUrl } from './program-url.js'
import { SupervisedWorker } from './supervised-worker.js'

export interface WorkerEngineOptions {
  /** Device the model runs on, unless its spec names another. */
  readonly device: Device
  /** The queue whose slots the steps take; without one they run when their worker is free. */
  readonly deviceQueue?: DeviceQueue | undefined
  /** Told of every step, with its time inside the worker. */
  readonly onStep?: ((event: StepEvent) => void) | undefined
}

/**
 * Loads a model into its workers.
 *
 * @returns The engine, when every worker has loaded the program.
 * @throws ModelLoadError, or the program's own error of phiz; all workers have ended then.
 */
export async function createWorkerEngine<Init, In, Out, Config = unknown>(
  spec: ModelSpec<Config>,
  { device, deviceQueue, onStep }: WorkerEngineOptions,
): Promise<Engine<Init, In, Out>> {
  const count = spec.workers ?? 1
  if (!Number.isInteger(count) || count < 1) {
    throw new InputError(`Model "${spec.id}": workers is ${count}; it must be an integer of at least 1.`)
  }
  const load = {
    program: programUrl(spec.program),
    folder: spec.folder,
    device: spec.device ?? device,
    config: spec.config,
  }
  const launch = spec.host === 'process' ? launchProcess : launchThread
  const workers = Array.from({ length: count }, () => new SupervisedWorker({ model: spec.id, launch, load }))
  const engine = new ProgramEngine<Init, In, Out>({
    id: spec.id,
    workers,
    maxSessions: spec.maxSessions,
    deviceQueue,
    onStep,
  })
  return engine.start()
}
