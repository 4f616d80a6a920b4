import { availableParallelism } from 'node:os'
import type { ExportedModel } from '../../../../models/exported.js'
import type { ModelSpec } from '../../../../runtime/engine.js'
import type { Device } from '../../../../runtime/device.js'
import type { MusetalkNetwork } from '../contract.js'
import type { PrepareConfig } from './program.js'

/**
 * The program that prepares faces, as the registry loads it. Load it for as long as faces are prepared: its networks
 * are needed for nothing else.
 *
 * @param device Where it runs: on CUDA in a process of its own, which gives the memory back for certain.
 * @param threads Threads of a run on the CPU; 0 takes all cores.
 */
export function prepareModel(
  { folder }: ExportedModel,
  { graphs: { vaeEncoder, faceParse } }: MusetalkNetwork,
  device: Device,
  threads: number,
): ModelSpec<PrepareConfig> {
  return {
    id: 'musetalk-prepare',
    program: new URL('./program.js', import.meta.url),
    folder,
    config: {
      vaeEncoder,
      ...(faceParse !== undefined && { faceParse }),
      threads: threads === 0 ? availableParallelism() : threads,
    },
    host: device.kind === 'cuda' ? 'process' : 'thread',
  }
}
