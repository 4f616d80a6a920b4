import type { Config } from '../config/schema.js'
import { InputError, ModelLoadError } from '../errors.js'
import { exportedTitle } from '../models/exporting.js'
import {
  exportCommandFor,
  exportedFolder,
  lookAtExported,
  requireExported,
  verifyExported,
  weightsNote,
  type ExportedManifest,
  type ExportedModelId,
  type ExportedState,
} from '../models/exported.js'
import { modelStore } from '../models/installed.js'
import { tryExported } from '../models/try-exported.js'
import { parseDevice } from '../runtime/device.js'
import { parseLamNetwork } from '../stages/expression/lam/contract.js'
import { parseMusetalkNetwork } from '../stages/video/musetalk/contract.js'
import { describeBytes } from './models-description.js'
import type { Finding, ShelfModel } from './models-shelf.js'

/** A model that its user exports, for `phiz models`. */
export function exportedModel(config: Config, id: ExportedModelId): ShelfModel {
  const folder = exportedFolder(config, id)
  const finding = (found: ExportedState): Finding => findingOf(found, folder, exportCommandFor(config, id))
  return {
    id,
    title: exportedTitle(id),
    folder,
    look: () => finding(lookAtExported(config, id)),
    verify: async (signal) => finding(checkNetwork(await verifyExported(config, id, signal))),
    tryOut: async (signal) => {
      await tryExported(requireExported(config, id), parseDevice(config.device), signal)
      return `every graph loads on ${config.device}`
    },
    remove: async () => {
      const store = modelStore(config)
      if (folder !== store.folderOf({ id })) {
        throw new InputError(
          `${id} is in ${folder}, which the configuration names; phiz removes models from ${store.folder} alone.`,
        )
      }
      await store.remove({ id })
    },
  }
}

/** What an exported model is, in a few words, where it is there; otherwise how to get it. */
function findingOf(found: ExportedState, folder: string, command: string): Finding {
  switch (found.state) {
    case 'missing':
      return {
        state: 'missing',
        words: `not there; "${command}" makes it from the official weights (docs/models.md)`,
        json: { folder, state: 'missing', export: command },
      }
    case 'damaged':
      return {
        state: 'damaged',
        words: `damaged: ${found.damage}; "${command}" makes it anew`,
        json: { folder, state: 'damaged', damage: found.damage, export: command },
      }
    case 'installed': {
      const { manifest } = found
      const { version, license, precision, source, tiny, files } = manifest
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
      const note = weightsNote(manifest)
      return {
        state: 'installed',
        words: [
          `version ${version}, ${precision}, ${describeBytes(bytes)}, ${originOf(manifest)}, in ${folder}`,
          ...(note === undefined ? [] : [note]),
        ].join('; '),
        ...(note !== undefined && { note }),
        json: { version, license, precision, source, tiny, bytes, folder, state: 'installed', manifest },
      }
    }
  }
}

function originOf({ source, tiny }: ExportedManifest): string {
  const size = tiny ? 'tiny, ' : ''
  if (source.kind === 'random') return `${size}made of seed ${source.seed}`
  return `${size}from ${source.files.map(({ name }) => name).join(', ') || 'a checkpoint'}`
}

/** Whether the stage that runs a model can make use of what its manifest says. */
function checkNetwork(found: ExportedState): ExportedState {
  if (found.state !== 'installed') return found
  try {
    requireGraphs(found.manifest)
    return found
  } catch (error) {
    if (error instanceof ModelLoadError) return { state: 'damaged', damage: error.message }
    throw error
  }
}

function requireGraphs({ id, network, files }: ExportedManifest): void {
  const graphs =
    id === 'lam-a2e'
      ? [parseLamNetwork(network, 'model.json').file]
      : Object.values(parseMusetalkNetwork(network, 'model.json').graphs)
  for (const graph of graphs) {
    if (files.some(({ path }) => path === graph)) continue
    throw new ModelLoadError(`its network needs ${String(graph)}, which is not one of its files`)
  }
}
