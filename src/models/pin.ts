import { z } from 'zod'
import { manifestSchema } from '../runtime/manifest.js'
import { parseJson } from '../runtime/parse-json.js'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')

const file = manifestSchema.shape.files.element.extend({
  /** Name of the file inside the wheel. */
  from: z.string().min(1),
})

/** A tensor inside a graph that becomes an output of it. */
const exposed = z.strictObject({
  /** Path of the graph. */
  graph: z.string(),
  /** What the tensor is called inside. */
  tensor: z.string(),
  /** What the output is called, and what it is. */
  as: z.strictObject({
    name: z.string(),
    type: z.enum(['float32', 'int32', 'int64']),
    shape: z.array(z.union([z.number().int().positive(), z.string()])),
  }),
})

/** The run that proves a graph: every input by its name, as many values as its shape takes. */
const trial = z.strictObject({
  graph: z.string(),
  inputs: z.record(z.string(), z.array(z.number())),
})

/**
 * A model that does not ship with phiz but is brought in, as `models/<id>/model.json` pins it: the contract of a model
 * folder, and the Python wheel whose files fill that folder. Of the wheel, only the named files are ever read.
 */
const pinSchema = manifestSchema.extend({
  /** What people call it, as it stands in the middle of a sentence. */
  title: z.string().min(1),
  package: z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
    version: z.string().regex(/^[0-9][0-9a-z.]*$/),
    wheel: z.string().regex(/^[\w.-]+\.whl$/),
    bytes: z.number().int().positive(),
    sha256,
  }),
  /** As they are in the wheel. */
  files: z.array(file).min(1),
  expose: exposed.optional(),
  trial,
})

/** What is written into the folder of a model that was brought in: its pin, with the files as they are there. */
const installedSchema = pinSchema.extend({
  installedAt: z.iso.datetime(),
  /** Whether the tensor of `expose` is an output. */
  exposed: z.boolean(),
  /** What is not as it was meant to be. */
  note: z.string().optional(),
})

export type Pin = z.infer<typeof pinSchema>
export type PinnedFile = Pin['files'][number]
export type ExposedTensor = NonNullable<Pin['expose']>
export type Trial = Pin['trial']
export type InstalledManifest = z.infer<typeof installedSchema>

/**
 * Reads a pin.
 *
 * @param source Where it comes from, for the message.
 * @throws ModelLoadError that lists every field that is wrong.
 */
export function parsePin(text: string, source: string): Pin {
  return parseJson(pinSchema, text, source)
}

/** As {@link parsePin}, for the `model.json` of a model that was brought in. */
export function parseInstalled(text: string, source: string): InstalledManifest {
  return parseJson(installedSchema, text, source)
}
