/** Turns the file system's error codes into errors that say what to do. */
import { InputError, MediaError, messageOf, PhizError } from '../errors.js'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'this process has no permission',
  EPERM: 'this process has no permission',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  ERR_INVALID_ARG_VALUE: 'the path holds a character that no file name can have',
}

/**
 * The error to throw for a failed file operation: an {@link InputError} when the caller's path is at fault, a
 * {@link MediaError} for the rest (a full disk, an I/O error). Errors made on purpose pass through.
 *
 * @param problem - what could not be done to which file, without a full stop.
 */
export function fileProblem(error: unknown, problem: string): PhizError {
  if (PhizError.isInstance(error)) return error
  const code = (error as NodeJS.ErrnoException | null)?.code
  const reason = code === undefined ? undefined : REASONS[code]
  if (reason !== undefined) return new InputError(`${problem}: ${reason}.`, { cause: error })
  return new MediaError(`${problem}: ${messageOf(error)}`, { cause: error })
}
