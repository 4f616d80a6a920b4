import { ModelLoadError, messageOf } from '../errors.js'
import type { Engine } from '../runtime/engine.js'
import { createWorkerEngine } from '../runtime/worker-engine.js'
import type { Trial } from './pin.js'
import type { Shapes } from './trial-program.js'

/**
 * Loads a graph in a worker and runs it once.
 *
 * @param folder The folder that the trial's graph lies in.
 * @returns The shape of each output, by its name.
 * @throws ModelLoadError when it does not load, does not run, or gives anything but finite numbers.
 */
export async function tryGraph(folder: string, trial: Trial, signal: AbortSignal): Promise<Shapes> {
  let engine: Engine<undefined, undefined, Shapes> | undefined
  try {
    engine = await createWorkerEngine<undefined, undefined, Shapes>(
      {
        id: 'trial',
        program: new URL('./trial-program.js', import.meta.url),
        folder,
        config: trial,
        host: 'thread',
        device: { kind: 'cpu' },
        usesDevice: false,
      },
      { device: { kind: 'cpu' } },
    )
    const session = await engine.open(undefined, { signal })
    for await (const shapes of session.process(undefined)) return shapes
    throw new ModelLoadError('it gave nothing')
  } catch (error) {
    if (signal.aborted) throw error
    throw new ModelLoadError(`${trial.graph} does not work here: ${messageOf(error)}`, { cause: error })
  } finally {
    await engine?.dispose()
  }
}
