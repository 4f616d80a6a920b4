import type { Context } from 'hono'
import { codeOf } from '../../../errors.js'
import { errorBody, errorStatus } from '../../errors.js'
import { BodyTooLargeError } from '../../http/body.js'
import { SlowBodyError } from '../../http/form.js'
import { FormatError } from './parameters.js'

/** An error in the form of the interface: a status, and what is wrong under `error`. */
export function problemAnswer(
  error: unknown,
  context: Context,
  onUnexpectedError: (error: unknown) => void,
): Response {
  const { code, message } = errorBody(error)
  if (code === 'internal') onUnexpectedError(error)
  return context.json({ error: message }, statusOf(error))
}

function statusOf(error: unknown): ReturnType<typeof errorStatus> {
  if (error instanceof BodyTooLargeError) return 413
  if (error instanceof SlowBodyError) return 408
  if (error instanceof FormatError) return 422
  // Work is cancelled when its client has gone, who reads no answer, and when the service stops.
  return codeOf(error) === 'cancelled' ? 503 : errorStatus(error)
}
