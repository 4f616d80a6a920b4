import type { z } from 'zod'
import { ModelLoadError } from '../errors.js'

/**
 * Reads JSON that a schema describes.
 *
 * @param source Where it comes from, for the message.
 * @throws ModelLoadError that lists every field that is wrong.
 */
export function parseJson<Shape>(schema: z.ZodType<Shape>, text: string, source: string): Shape {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw new ModelLoadError(`${source} is not JSON: ${(error as Error).message}`, { cause: error })
  }
  const result = schema.safeParse(data)
  if (result.success) return result.data
  const issues = result.error.issues.map(
    (issue) => `  - ${issue.path.join('.') || 'the whole'}: ${issue.message}`,
  )
  throw new ModelLoadError(`${source} is not valid:\n${issues.join('\n')}`, { cause: result.error })
}
