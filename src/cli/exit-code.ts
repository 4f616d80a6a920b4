import { codeOf, type ErrorCode } from '../errors.js'

/** Exit codes of the `phiz` command, documented in the README. */
export const EXIT = {
  ok: 0,
  /** Something went wrong that should not: a bug, a failed model run. */
  failed: 1,
  /** The command line, the configuration or the input cannot work as given. */
  usage: 2,
  /** A part that is needed is not there: a model, an optional package, a device, a port. */
  unavailable: 3,
  /** A media file cannot be read or written. */
  media: 4,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
  /** Stopped by SIGTERM. */
  terminated: 143,
} as const

const BY_CODE: Readonly<Record<ErrorCode, number>> = {
  'invalid-input': EXIT.usage,
  'invalid-config': EXIT.usage,
  'not-found': EXIT.usage,
  unavailable: EXIT.unavailable,
  'model-load': EXIT.unavailable,
  overload: EXIT.unavailable,
  media: EXIT.media,
  cancelled: EXIT.interrupted,
  inference: EXIT.failed,
  protocol: EXIT.failed,
  internal: EXIT.failed,
}

/** The exit code that tells a script what kind of error it was. */
export function exitCodeOf(error: unknown): number {
  return BY_CODE[codeOf(error)]
}
