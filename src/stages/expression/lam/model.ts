import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ExportedModel } from '../../../models/exported.js'
import type { ModelSpec } from '../../../runtime/engine.js'
import { parseLamNetwork, type LamNetwork } from './contract.js'
import type { LamConfig } from './program.js'

/** LAM-A2E as it lies on disk: what the registry loads, and what the stage reads itself. */
export interface LamModel {
  readonly spec: ModelSpec<LamConfig>
  readonly network: LamNetwork
}

/** Threads of a run when the configuration leaves them open: half the cores, for the other half draws and speaks. */
const MOST_THREADS = 4

/**
 * Describes an exported LAM-A2E to the registry.
 *
 * @param threads of a run; 0 takes half the cores, at most 4
 * @throws ModelLoadError when what its manifest says of the network is wrong
 * @example
 * const model = lamModel(requireExported(config, 'lam-a2e'), config.lam)
 * import type program from './program.js'
 * const engine = await registry.load<typeof program>(model.spec)
 * const stage = lamExpression(engine, model, { mode: config.lam.mode })
 */
export function lamModel(
  { folder, manifest }: ExportedModel,
  { threads }: { readonly threads: number },
): LamModel {
  const network = parseLamNetwork(manifest.network, join(folder, 'model.json'))
  const automatic = Math.min(MOST_THREADS, Math.ceil(availableParallelism() / 2))
  return {
    spec: {
      id: manifest.id,
      program: new URL('./program.js', import.meta.url),
      folder,
      config: { network, threads: threads === 0 ? automatic : threads },
      host: manifest.host,
    },
    network,
  }
}
