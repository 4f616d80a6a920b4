import { z } from 'zod'
import { parseJson } from './parse-json.js'

const relativePath = z
  .string()
  .refine(isInside, 'must be a relative path with forward slashes inside the model folder')

const tensor = z.looseObject({
  name: z.string(),
  type: z.string(),
  shape: z.array(z.union([z.number().int(), z.string()])),
})

/** The contract of a model folder: `models/<id>/model.json`. Fields it does not know are kept as they are. */
export const manifestSchema = z.looseObject({
  /** Name of the model and of its folder. */
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be lower-case letters, digits, ".", "_" and "-"'),
  version: z.string(),
  license: z.string(),
  /** Where the model runs. */
  host: z.enum(['thread', 'process']).default('thread'),
  /** Every file the model needs. */
  files: z.array(
    z.looseObject({
      path: relativePath,
      bytes: z.number().int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits'),
    }),
  ),
  inputs: z.array(tensor).default([]),
  outputs: z.array(tensor).default([]),
})

export type Manifest = z.infer<typeof manifestSchema>
export type ManifestFile = Manifest['files'][number]

/**
 * Reads a manifest.
 *
 * @param text - The JSON text.
 * @param source - Where it comes from, for the message.
 * @throws ModelLoadError that lists every field that is wrong.
 */
export function parseManifest(text: string, source: string): Manifest {
  return parseJson(manifestSchema, text, source, 'is not a valid manifest')
}

function isInside(path: string): boolean {
  if (
    path === '' ||
    path.startsWith('/') ||
    path.includes('\\') ||
    path.includes('\0') ||
    /^[a-z]:/i.test(path)
  )
    return false
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}
