import {
  CancelledError,
  InferenceError,
  InputError,
  MediaError,
  ModelLoadError,
  OverloadError,
  PhizError,
  UnavailableError,
  messageOf,
} from '../errors.js'
import type { ErrorCode, PhizErrorOptions } from '../errors.js'

/** An error as plain data, because a structured clone forgets classes and their fields. */
export interface WireError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  /** Present on a PhizError. */
  readonly code?: ErrorCode
  readonly retryable?: boolean
  readonly cause?: WireError
}

type ErrorClass = new (message: string, options?: PhizErrorOptions) => PhizError

const classOfCode: Partial<Record<ErrorCode, ErrorClass>> = {
  'invalid-input': InputError,

  unavailable: UnavailableError,
  'model-load': ModelLoadError,
  inference: InferenceError,
  media: MediaError,
  overload: OverloadError,
  cancelled: CancelledError,
}

const MAX_CAUSES = 5

/** Turns anything thrown into plain data, with its chain of causes. */
export function describeError(error: unknown, causes = MAX_CAUSES): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: messageOf(error) }
  return {
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(PhizError.isInstance(error) && { code: error.code, retryable: error.retryable }),
    ...(error.cause !== undefined && causes > 0 && { cause: describeError(error.cause, causes - 1) }),
  }
}

/** Makes an error of plain data again: of the right class of phiz, or a plain Error with the original name. */
export function reviveError(wire: WireError): Error {
  const cause = wire.cause === undefined ? undefined : reviveError(wire.cause)
  let error: Error
  if (wire.code === undefined) {
    error = new Error(wire.message, cause === undefined ? undefined : { cause })
  } else {
    const options = { cause, retryable: wire.retryable ?? false }
    const known = classOfCode[wire.code]
    error =
      known === undefined ? new PhizError(wire.code, wire.message, options) : new known(wire.message, options)
  }
  error.name = wire.name
  if (wire.stack !== undefined) error.stack = wire.stack
  return error
}
