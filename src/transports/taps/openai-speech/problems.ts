import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { InputError, PhizError } from '../../../errors.js'
import { errorBody, errorStatus } from '../../errors.js'
import { BodyTooLargeError } from '../../http/body.js'

/** An error as OpenAI's clients read it. */
export interface ErrorAnswer {
  readonly error: {
    readonly message: string
    readonly type: 'invalid_request_error' | 'rate_limit_error' | 'server_error'
    /** The field that is wrong. */
    readonly param: string | null
    readonly code: string | null
  }
}

export interface RequestErrorOptions {
  readonly param?: string
  readonly code?: string
  /** Default: 400. */
  readonly status?: 400 | 404 | 405
}

/** A request that cannot be served as it is. */
export class RequestError extends InputError {
  readonly status: 400 | 404 | 405
  readonly param: string | undefined
  readonly reason: string | undefined

  constructor(message: string, { param, code, status = 400 }: RequestErrorOptions = {}) {
    super(message)
    this.status = status
    this.param = param
    this.reason = code
  }
}

/** Status and body of an error. Unexpected errors keep their text to themselves. */
export function answerOf(error: unknown): {
  readonly status: ContentfulStatusCode
  readonly body: ErrorAnswer
} {
  const { code, message } = errorBody(error)
  if (error instanceof RequestError) {
    const { status, param = null, reason = null } = error
    return { status, body: { error: { message, type: 'invalid_request_error', param, code: reason } } }
  }
  if (error instanceof BodyTooLargeError) {
    const body = { message, type: 'invalid_request_error', param: null, code: 'request_too_large' } as const
    return { status: 413, body: { error: body } }
  }
  if (code === 'overload') {
    const body = { message, type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } as const
    return { status: 429, body: { error: body } }
  }
  // Work is cancelled when its client has gone, who reads no answer, and when the service stops.
  const status = code === 'cancelled' ? 503 : errorStatus(error)
  const type = status < 500 ? 'invalid_request_error' : 'server_error'
  return {
    status,
    body: { error: { message, type, param: null, code: PhizError.isInstance(error) ? code : null } },
  }
}
