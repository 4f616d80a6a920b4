import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelLoadError, messageOf } from '../../../errors.js'
import type { ModelSpec } from '../../../runtime/engine.js'
import { readManifest, verifyManifest } from '../../../runtime/manifest-files.js'
import { parseVisemeNetwork, parseVisemeTable, type VisemeNetwork, type VisemeTable } from './contract.js'

/** The viseme model as it lies on disk: what the registry loads, and what the stage reads itself. */
export interface VisemesModel {
  readonly spec: ModelSpec<VisemeNetwork>
  readonly network: VisemeNetwork
  readonly table: VisemeTable
}

/**
 * Reads the folder `visemes` of a models folder.
 *
 * @param modelsFolder absolute path of the folder that holds one folder for each model
 * @throws ModelLoadError when a file is missing or not valid
 * @example
 * const model = await visemesModel(modelsFolder)
 * import type program from './program.js'
 * const engine = await registry.load<typeof program>(model.spec)
 * const stage = visemeExpression(engine, model, { seed: 7 })
 */
export async function visemesModel(modelsFolder: string): Promise<VisemesModel> {
  const folder = join(modelsFolder, 'visemes')
  const manifest = await readManifest(folder)
  await verifyManifest(folder, manifest)
  const network = parseVisemeNetwork(manifest)
  const table = parseVisemeTable(await readJson(join(folder, 'visemes.json')))
  return {
    spec: {
      id: manifest.id,
      program: new URL('./program.js', import.meta.url),
      folder,
      config: network,
      host: manifest.host,
    },
    network,
    table,
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (error) {
    throw new ModelLoadError(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
