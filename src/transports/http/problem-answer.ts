import { z } from '@hono/zod-openapi'

/** The form of the gateway's errors: what `errorBody` gives. */
export const problemAnswer = z
  .object({ error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }) })
  .openapi('Problem')
