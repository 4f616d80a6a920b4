import { z } from 'zod'
import { ModelLoadError } from '../errors.js'
import { manifestSchema } from '../runtime/manifest.js'
import { parseJson } from '../runtime/parse-json.js'

/** The models whose weights a user has and exports with `models/<id>/export.py`. */
export const EXPORTED_MODELS = ['lam-a2e', 'musetalk'] as const

export type ExportedModelId = (typeof EXPORTED_MODELS)[number]

/** An input or output, and the graph that it is of. */
const tensor = manifestSchema.shape.inputs.unwrap().element.extend({ graph: z.string() })

/** What an exporter writes: the contract of a model folder, where it comes from, and what the runtime needs to know. */
const exportedSchema = manifestSchema
  .extend({
    id: z.enum(EXPORTED_MODELS),
    /** What people call it, as it stands in the middle of a sentence. */
    title: z.string().min(1),
    /** Of the weights inside the graphs; what goes in and comes out is float32 or uint8 in all of them. */
    precision: z.enum(['fp32', 'fp16', 'int8']),
    source: z.discriminatedUnion('kind', [
      z.looseObject({
        kind: z.literal('checkpoint'),
        /** The files of weights that it was exported from. */
        files: z.array(z.looseObject({ name: z.string() })).default([]),
      }),
      z.looseObject({ kind: z.literal('random'), seed: z.number().int() }),
    ]),
    /** Whether it is the small configuration that tests use. */
    tiny: z.boolean().default(false),
    inputs: z.array(tensor).default([]),
    outputs: z.array(tensor).default([]),
    /** Each stage reads its own. */
    network: z.looseObject({}),
  })
  .superRefine(({ files, inputs, outputs }, context) => {
    const paths = new Set(files.map(({ path }) => path))
    for (const [side, tensors] of Object.entries({ inputs, outputs })) {
      for (const [index, { graph }] of tensors.entries()) {
        if (paths.has(graph)) continue
        context.addIssue({
          code: 'custom',
          path: [side, index, 'graph'],
          message: `"${graph}" is not one of the files`,
        })
      }
    }
  })

export type ExportedManifest = z.infer<typeof exportedSchema>

/**
 * Reads the `model.json` of an exported model.
 *
 * @param id Of the model that it must be.
 * @param source Where it comes from, for the message.
 * @throws ModelLoadError that lists every field that is wrong.
 */
export function parseExported(text: string, id: ExportedModelId, source: string): ExportedManifest {
  const manifest = parseJson(exportedSchema, text, source)
  if (manifest.id === id) return manifest
  throw new ModelLoadError(`${source} is of "${manifest.id}", not of "${id}"`)
}

/** What must be said wherever a model without trained weights is shown; undefined of one that has them. */
export function weightsNote({ source }: ExportedManifest): string | undefined {
  return source.kind === 'random'
    ? 'random weights: for tests and measurements, it shows nothing meaningful'
    : undefined
}
