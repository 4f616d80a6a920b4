import { join } from 'node:path'
import type { Config } from '../config/schema.js'
import { pinOf, type KnownModel } from './known-models.js'
import { ModelStore } from './store.js'

/** The models of the data directory. */
export function modelStore(config: Config): ModelStore {
  return new ModelStore(join(config.dataDirectory, 'models'))
}

/**
 * The folder of a model that was brought in and whose files are all there, by their sizes.
 *
 * @returns Undefined when it is not there, damaged, or of another version than this phiz needs.
 * @example
 * const folder = installedModel(config, 'hibari')
 * const voice = folder === undefined ? espeakModel() : hibariModel(folder)
 */
export function installedModel(config: Config, id: KnownModel): string | undefined {
  const store = modelStore(config)
  const pin = pinOf(id)
  return store.look(pin).state === 'installed' ? store.folderOf(pin) : undefined
}
