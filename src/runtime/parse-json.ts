import type { z } from 'zod'
import { ModelLoadError } from '../errors.js'

/**
 * Reads JSON that a schema describes.
 *
 * @param source Where it comes from, for the message.
 * @param complaint What the message says of it when it does not fit.
 * @throws ModelLoadError that lists every field that is wrong, on one line: tables show it.
 */
export function parseJson<Shape>(
  schema: z.ZodType<Shape>,
  text: string,
  source: string,
  complaint?: string,
): Shape {
  return checkShape(schema, readJson(text, source), source, complaint)
}

/** @throws ModelLoadError naming the source when the text is no JSON */
export function readJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new ModelLoadError(`${source} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}

/** As {@link parseJson}, for what has been read. */
export function checkShape<Shape>(
  schema: z.ZodType<Shape>,
  data: unknown,
  source: string,
  complaint = 'is not valid',
): Shape {
  const result = schema.safeParse(data)
  if (result.success) return result.data
  const issues = result.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`,
  )
  throw new ModelLoadError(`${source} ${complaint}: ${issues.join('; ')}`, { cause: result.error })
}
