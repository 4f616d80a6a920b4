import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parsePin, type Pin } from './pin.js'

/** The models that can be brought in; `models/<id>/model.json` pins each. */
export const KNOWN_MODELS = ['hibari'] as const

export type KnownModel = (typeof KNOWN_MODELS)[number]

const pinsFolder = fileURLToPath(new URL('../../models', import.meta.url))

/** The pin of a model that is known. */
export function pinOf(id: KnownModel): Pin {
  const source = join(pinsFolder, id, 'model.json')
  return parsePin(readFileSync(source, 'utf8'), source)
}
