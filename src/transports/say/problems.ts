import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { InputError } from '../../errors.js'
import { errorBody, errorStatus, type ErrorBody } from '../errors.js'
import { BodyTooLargeError } from '../http/body.js'
import { RETRY_AFTER_SECONDS } from '../http/retry-after.js'

/** A request of the wrong method or type. */
export class RequestError extends InputError {
  constructor(
    readonly status: 405 | 415,
    message: string,
  ) {
    super(message)
  }
}

/** An error as the gateway answers it. */
export interface ErrorAnswer {
  readonly status: ContentfulStatusCode
  readonly body: { readonly error: ErrorBody }
  readonly headers: Readonly<Record<string, string>>
}

/** Status, body and headers of an error. */
export function answerOf(error: unknown): ErrorAnswer {
  const body = errorBody(error)
  const headers: Record<string, string> = {}
  if (body.code === 'overload') headers['retry-after'] = RETRY_AFTER_SECONDS
  if (error instanceof RequestError && error.status === 405) headers['allow'] = 'POST'
  return { status: statusOf(error, body), body: { error: body }, headers }
}

function statusOf(error: unknown, { code }: ErrorBody): ContentfulStatusCode {
  if (error instanceof RequestError) return error.status
  if (error instanceof BodyTooLargeError) return 413
  // Work is cancelled when its client has gone, who reads no answer, and when the service stops.
  return code === 'cancelled' ? 503 : errorStatus(error)
}
