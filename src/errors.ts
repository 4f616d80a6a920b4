/**
 * The errors phiz throws on purpose. Each carries a stable `code`, says whether trying again can help, and keeps
 * its cause. Transports turn a `PhizError` into their own documented wire form; anything else is a bug and is
 * reported to a client as an internal error without its message.
 */

const marker = Symbol.for('phiz.error')

export type ErrorCode =
  | 'invalid-input'
  | 'invalid-config'
  | 'not-found'
  | 'unavailable'
  | 'model-load'
  | 'inference'
  | 'media'
  | 'overload'
  | 'protocol'
  | 'cancelled'
  | 'internal'

export interface PhizErrorOptions {
  /** What went wrong underneath, kept for logs; never sent to a client. */
  readonly cause?: unknown
  /** Whether the same request can succeed later without being changed. Default: false. */
  readonly retryable?: boolean
}

/** Base of every error that phiz throws on purpose. */
export class PhizError extends Error {
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly [marker] = true

  constructor(code: ErrorCode, message: string, options: PhizErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.retryable = options.retryable ?? false
  }

  /** Recognises a PhizError even when two copies of the package are loaded. */
  static isInstance(value: unknown): value is PhizError {
    return typeof value === 'object' && value !== null && marker in value
  }
}

/** The caller gave something that cannot work. The message names the field, the value and what would be right. */
export class InputError extends PhizError {
  constructor(message: string, options?: PhizErrorOptions) {
    super('invalid-input', message, options)
  }
}

/** Configuration that does not validate. All issues are listed at once, one a line. */
export class ConfigError extends PhizError {
  readonly issues: readonly string[]
  constructor(issues: readonly string[], options?: PhizErrorOptions) {
    super(
      'invalid-config',
      `The configuration is not valid:\n${issues.map((i) => `  - ${i}`).join('\n')}`,
      options,
    )
    this.issues = issues
  }
}

/** A media file or stream that cannot be read or written. */
export class MediaError extends PhizError {
  constructor(message: string, options?: PhizErrorOptions) {
    super('media', message, options)
  }
}

/** An optional part (an engine, a device, a model's files) that is not there. The message says how to get it. */
export class UnavailableError extends PhizError {
  constructor(message: string, options?: PhizErrorOptions) {
    super('unavailable', message, options)
  }
}

/** A model whose files are missing, damaged or refused by the runtime. */
export class ModelLoadError extends PhizError {
  constructor(message: string, options?: PhizErrorOptions) {
    super('model-load', message, options)
  }
}

/** A model run that failed. The turn it belongs to ends; the next turn finds a fresh worker. */
export class InferenceError extends PhizError {
  constructor(message: string, options?: PhizErrorOptions) {
    super('inference', message, { retryable: true, ...options })
  }
}

/** More work than there is room for, refused instead of queued without bound. */
export class OverloadError extends PhizError {
  constructor(message: string, options?: PhizErrorOptions) {
    super('overload', message, { retryable: true, ...options })
  }
}

/** The work was stopped on request: an interruption, a closed connection, Ctrl-C. */
export class CancelledError extends PhizError {
  constructor(message = 'The work was cancelled.', options?: PhizErrorOptions) {
    super('cancelled', message, options)
  }
}

/** The code of an unknown thrown value: `internal` for anything that phiz did not throw on purpose. */
export function codeOf(error: unknown): ErrorCode {
  return PhizError.isInstance(error) ? error.code : 'internal'
}

/** The message of an unknown thrown value, for logs and error chains. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
