import type { Config } from '../config/schema.js'
import { isExported, MODEL_IDS, type ModelId } from '../models/model-id.js'
import { exportedModel } from './models-exported.js'
import { pinnedModel } from './models-pinned.js'

/** What was found of a model. */
export interface Finding {
  readonly state: 'missing' | 'damaged' | 'installed'
  /** In a few words, with the remedy. */
  readonly words: string
  /** What must not be overlooked about one that is there. */
  readonly note?: string
  /** As `phiz models list --json` has it. */
  readonly json: Readonly<Record<string, unknown>>
}

/** A model that does not come with phiz, whichever way it comes. */
export interface ShelfModel {
  readonly id: ModelId
  /** What people call it, as it stands in the middle of a sentence. */
  readonly title: string
  /** Where it lies, whether it is there or not. */
  readonly folder: string
  /** Whether it is there, by the sizes of its files. */
  look(): Finding
  /** Whether it is there, by the checksums of its files. */
  verify(signal: AbortSignal): Promise<Finding>
  /**
   * Loads its graphs where models run.
   *
   * @returns What has been tried, in a few words.
   * @throws ModelLoadError or UnavailableError when one does not work here.
   */
  tryOut(signal: AbortSignal): Promise<string>
  /** @throws PhizError `not-found` when it is not there; InputError when it is not phiz's to remove. */
  remove(): Promise<void>
}

/** A model by its id. */
export function shelfModel(config: Config, id: ModelId): ShelfModel {
  return isExported(id) ? exportedModel(config, id) : pinnedModel(config, id)
}

/** All models that do not come with phiz. */
export function shelf(config: Config): readonly ShelfModel[] {
  return MODEL_IDS.map((id) => shelfModel(config, id))
}
