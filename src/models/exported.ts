import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config } from '../config/schema.js'
import { messageOf, ModelLoadError, UnavailableError } from '../errors.js'
import { verifyManifest } from '../runtime/manifest-files.js'
import { parseExported, type ExportedManifest, type ExportedModelId } from './exported-manifest.js'
import { exportCommand } from './exporting.js'
import { modelStore } from './installed.js'
import { sizeDamageOf } from './size-damage.js'

export { EXPORTED_MODELS, weightsNote } from './exported-manifest.js'
export type { ExportedManifest, ExportedModelId } from './exported-manifest.js'

/** An exported model whose files are there. */
export interface ExportedModel {
  /** Absolute folder of its files. */
  readonly folder: string
  readonly manifest: ExportedManifest
}

/** Whether an exported model is there. */
export type ExportedState =
  | { readonly state: 'missing' }
  | { readonly state: 'damaged'; readonly damage: string }
  | ({ readonly state: 'installed' } & ExportedModel)

/** Where an exported model is looked for: the folder that its engine's settings name, or the models' folder. */
export function exportedFolder(config: Config, id: ExportedModelId): string {
  const { folder } = id === 'lam-a2e' ? config.lam : config.musetalk
  return resolve(folder === '' ? modelStore(config).folderOf({ id }) : folder)
}

/** Looks at a model's folder: its manifest, and the sizes of its files. {@link verifyExported} reads them. */
export function lookAtExported(config: Config, id: ExportedModelId): ExportedState {
  const folder = exportedFolder(config, id)
  try {
    const found = statSync(folder, { throwIfNoEntry: false })
    if (found === undefined) return { state: 'missing' }
    if (!found.isDirectory()) {
      return { state: 'damaged', damage: `${folder} is a file, not the folder of an exported model` }
    }
    const source = join(folder, 'model.json')
    const manifest = parseExported(readFileSync(source, 'utf8'), id, source)
    const damage = sizeDamageOf(folder, manifest)
    return damage === undefined ? { state: 'installed', folder, manifest } : { state: 'damaged', damage }
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return { state: 'damaged', damage: isMissing ? `${folder} has no model.json` : messageOf(error) }
  }
}

/** As {@link lookAtExported}, but every file is read and compared by its SHA-256. */
export async function verifyExported(
  config: Config,
  id: ExportedModelId,
  signal: AbortSignal,
): Promise<ExportedState> {
  const found = lookAtExported(config, id)
  if (found.state !== 'installed') return found
  try {
    await verifyManifest(found.folder, found.manifest, { hash: true, signal })
    return found
  } catch (error) {
    if (signal.aborted) throw error
    return { state: 'damaged', damage: messageOf(error) }
  }
}

/**
 * An exported model that an engine is to use.
 *
 * @throws UnavailableError that says how to export it when it is not there; ModelLoadError when it is damaged
 */
export function requireExported(config: Config, id: ExportedModelId): ExportedModel {
  const found = lookAtExported(config, id)
  switch (found.state) {
    case 'installed':
      return found
    case 'missing':
      throw new UnavailableError(`${id} is not in ${exportedFolder(config, id)}. ${howToExport(config, id)}`)
    case 'damaged':
      throw new ModelLoadError(`${id} cannot be used: ${found.damage}. ${howToExport(config, id)}`)
  }
}

/** The command that makes a model where it is looked for. */
export function exportCommandFor(config: Config, id: ExportedModelId): string {
  const place = exportedFolder(config, id)
  // A folder's setting that names a file most likely names the weights.
  const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() === true
  return isFile ? exportCommand(id, modelStore(config).folderOf({ id }), place) : exportCommand(id, place)
}

/** As {@link exportCommandFor}, in a sentence. */
export function howToExport(config: Config, id: ExportedModelId): string {
  return `Export it from its official weights: "${exportCommandFor(config, id)}" (see docs/models.md).`
}
