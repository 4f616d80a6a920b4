import { readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { Config } from '../config/schema.js'
import { messageOf, ModelLoadError, UnavailableError } from '../errors.js'
import { manifestSchema } from '../runtime/manifest.js'
import { verifyManifest } from '../runtime/manifest-files.js'
import { modelStore } from './installed.js'

/** The models whose weights a user has and exports with `models/<id>/export.py`. */
export const EXPORTED_MODELS = ['lam-a2e', 'musetalk'] as const

export type ExportedModelId = (typeof EXPORTED_MODELS)[number]

/** What an exporter writes: the contract of a model folder, where it comes from, and what the runtime needs to know. */
const exportedSchema = manifestSchema.extend({
  id: z.enum(EXPORTED_MODELS),
  /** What people call it, as it stands in the middle of a sentence. */
  title: z.string().min(1),
  /** Of the weights inside the graphs; what goes in and comes out is float32 or uint8 in all of them. */
  precision: z.enum(['fp32', 'fp16', 'int8']),
  source: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('checkpoint') }),
    z.looseObject({ kind: z.literal('random'), seed: z.number().int() }),
  ]),
  /** Whether it is the small configuration that tests use. */
  tiny: z.boolean().default(false),
  /** Each stage reads its own. */
  network: z.looseObject({}),
})

export type ExportedManifest = z.infer<typeof exportedSchema>

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
  return resolve(folder === '' ? join(modelStore(config).folder, id) : folder)
}

/** Looks at a model's folder: its manifest, and the sizes of its files. {@link verifyExported} reads them. */
export function lookAtExported(config: Config, id: ExportedModelId): ExportedState {
  const folder = exportedFolder(config, id)
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return { state: 'missing' }
  try {
    const manifest = readExported(folder, id)
    const damage = manifest.files
      .map(({ path, bytes }) => sizeDamage(join(folder, path), bytes))
      .find((problem) => problem !== undefined)
    return damage === undefined ? { state: 'installed', folder, manifest } : { state: 'damaged', damage }
  } catch (error) {
    return { state: 'damaged', damage: messageOf(error) }
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
      throw new UnavailableError(`${id} is not in ${exportedFolder(config, id)}. ${howToExport(id)}`)
    case 'damaged':
      throw new ModelLoadError(`${id} cannot be used: ${found.damage}. ${howToExport(id)}`)
  }
}

/** The command that makes a model's folder, in a sentence. */
export function howToExport(id: ExportedModelId): string {
  return `Export it from its official weights with "python models/${id}/export.py --weights <path>": see docs/models.md.`
}

function readExported(folder: string, id: ExportedModelId): ExportedManifest {
  const source = join(folder, 'model.json')
  const result = exportedSchema.safeParse(JSON.parse(readFileSync(source, 'utf8')))
  if (!result.success) {
    const issues = result.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`,
    )
    throw new ModelLoadError(`${source} is not valid: ${issues.join('; ')}`)
  }
  if (result.data.id !== id) throw new ModelLoadError(`${source} is of "${result.data.id}", not of "${id}"`)
  return result.data
}

function sizeDamage(path: string, bytes: number): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })?.size
  if (found === bytes) return undefined
  return found === undefined ? `${path} is missing` : `${path} has ${found} bytes instead of ${bytes}`
}
