import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { codeOf, PhizError, type ErrorCode } from '../errors.js'

/** phiz's own wire form of an error. Taps that imitate another service have theirs. */
export interface ErrorBody {
  readonly code: ErrorCode
  readonly message: string
  readonly retryable: boolean
}

const STATUS: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  'invalid-input': 400,
  'invalid-config': 500,
  'not-found': 404,
  unavailable: 503,
  'model-load': 503,
  inference: 500,
  media: 400,
  overload: 503,
  protocol: 400,
  cancelled: 499 as ContentfulStatusCode,
  internal: 500,
}

/** HTTP status of an error; 500 for anything that phiz did not throw on purpose. */
export function errorStatus(error: unknown): ContentfulStatusCode {
  return STATUS[codeOf(error)]
}

/** What a client is told. Unexpected errors keep their text to themselves. */
export function errorBody(error: unknown): ErrorBody {
  return PhizError.isInstance(error)
    ? { code: error.code, message: error.message, retryable: error.retryable }
    : { code: 'internal', message: 'Something went wrong inside phiz.', retryable: false }
}
