import type { Config } from '../config/schema.js'
import { lookAtExported, weightsNote, type ExportedModelId } from '../models/exported.js'

/** The engines that run a model which its user exports. */
const EXPORTED: Readonly<Record<string, ExportedModelId>> = { lam: 'lam-a2e', musetalk: 'musetalk' }

/** An engine as the configuration names it, for people to read: with weights that mean nothing, that is said. */
export function engineName(engine: string, config: Config): string {
  const id = EXPORTED[engine]
  const found = id && lookAtExported(config, id)
  const note = found?.state === 'installed' ? weightsNote(found.manifest) : undefined
  return note === undefined ? engine : `${engine} (${note})`
}
