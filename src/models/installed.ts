import { join, resolve } from 'node:path'
import type { Config } from '../config/schema.js'
import { pinOf, type KnownModel } from './known-models.js'
import type { InstalledManifest } from './pin.js'
import { ModelStore } from './store.js'

/** The models of the configured folder. */
export function modelStore({ models, dataDirectory }: Config): ModelStore {
  return new ModelStore(models.directory === '' ? join(dataDirectory, 'models') : models.directory)
}

/** A model that was brought in. */
export interface InstalledModel {
  /** Absolute folder of its files. */
  readonly folder: string
  readonly manifest: InstalledManifest
}

/**
 * A model that was brought in and whose files are all there, by their sizes.
 *
 * @returns Undefined when it is not there, damaged, or of another version than this phiz needs.
 * @example
 * const voice = installedModel(config, 'hibari')
 * const spec = voice === undefined ? espeakModel() : hibariModel(voice.folder)
 */
export function installedModel(config: Config, id: KnownModel): InstalledModel | undefined {
  const store = modelStore(config)
  const pin = pinOf(id)
  const found = store.look(pin)
  if (found.state !== 'installed') return undefined
  return { folder: resolve(store.folderOf(pin)), manifest: found.manifest }
}
