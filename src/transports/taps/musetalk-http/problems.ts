import type { Context } from 'hono'
import { codeOf } from '../../../errors.js'
import { errorBody, errorStatus } from '../../errors.js'
import { BodyTooLargeError } from '../../http/body.js'
import { AvatarBusyError } from './avatars.js'
import { ValidationError } from './validation.js'

/** An error as clients of FastAPI expect it: a status, and what is wrong under `detail`. */
export function problemAnswer(
  error: unknown,
  context: Context,
  onUnexpectedError: (error: unknown) => void,
): Response {
  if (error instanceof ValidationError) return context.json({ detail: error.detail }, 422)
  const { code, message } = errorBody(error)
  if (code === 'internal') onUnexpectedError(error)
  return context.json({ detail: message }, statusOf(error))
}

function statusOf(error: unknown): ReturnType<typeof errorStatus> {
  if (error instanceof BodyTooLargeError) return 413
  if (error instanceof AvatarBusyError) return 409
  // Work is cancelled when its client has gone, who reads no answer, and when the service stops.
  return codeOf(error) === 'cancelled' ? 503 : errorStatus(error)
}
