import { ModelLoadError } from '../errors.js'
import type { Device } from '../runtime/device.js'
import { createWorkerEngine } from '../runtime/worker-engine.js'
import type { ExportedModel } from './exported.js'
import { tensorDifferences, type GraphTensors } from './tensor-difference.js'

/**
 * Loads every graph of an exported model, one at a time, in a worker, and compares what goes in and out of it with the
 * manifest. Nothing is run: on a CPU, a single frame of MuseTalk takes seconds.
 *
 * @throws ModelLoadError when a graph does not load or is not the one that the manifest describes; UnavailableError
 * when the device cannot be used.
 */
export async function tryExported(
  { folder, manifest }: ExportedModel,
  device: Device,
  signal: AbortSignal,
): Promise<void> {
  const engine = await createWorkerEngine<undefined, string, GraphTensors>(
    {
      id: `trial of ${manifest.id}`,
      program: new URL('./graph-tensors-program.js', import.meta.url),
      folder,
      config: undefined,
      host: manifest.host,
    },
    { device },
  )
  try {
    const session = await engine.open(undefined, { signal })
    for (const { path } of manifest.files.filter((file) => file.path.endsWith('.onnx'))) {
      const ofGraph = ({ graph }: { readonly graph: string }): boolean => graph === path
      const declared = { inputs: manifest.inputs.filter(ofGraph), outputs: manifest.outputs.filter(ofGraph) }
      for await (const found of session.process(path)) {
        const differences = tensorDifferences(declared, found)
        if (differences.length === 0) continue
        throw new ModelLoadError(`${path} is not what model.json describes: ${differences.join('; ')}`)
      }
    }
  } finally {
    await engine.dispose()
  }
}
