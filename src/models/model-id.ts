import { InputError } from '../errors.js'
import { EXPORTED_MODELS, type ExportedModelId } from './exported-manifest.js'
import { KNOWN_MODELS, type KnownModel } from './known-models.js'

/** A model that does not come with phiz: brought in by pip, or exported from weights that a user has. */
export type ModelId = KnownModel | ExportedModelId

export const MODEL_IDS: readonly ModelId[] = [...KNOWN_MODELS, ...EXPORTED_MODELS]

/**
 * Passes an id on when it is a model's.
 *
 * @throws InputError that names those there are.
 */
export function checkModelId(id: string): ModelId {
  const known = MODEL_IDS.find((name) => name === id)
  if (known !== undefined) return known
  throw new InputError(`The model is ${JSON.stringify(id)}; those there are: ${MODEL_IDS.join(', ')}.`)
}

/** Whether a model is exported by its user, not brought in by phiz. */
export function isExported(id: ModelId): id is ExportedModelId {
  return EXPORTED_MODELS.some((name) => name === id)
}
