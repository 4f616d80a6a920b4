import { PhizError } from '../../errors.js'

/** A file or folder of this machine, and what a client may know it as. */
export interface Place {
  readonly path: string
  readonly name: string
}

/** An error that calls a place by its name for clients: where it lies is not told. */
export function withoutPlace(error: unknown, { path, name }: Place): unknown {
  if (!PhizError.isInstance(error) || !error.message.includes(path)) return error
  const message = error.message.replaceAll(path, name)
  return new PhizError(error.code, message, { cause: error, retryable: error.retryable })
}
