import { resolve } from 'node:path'
import { PhizError } from '../../../errors.js'
import { mediaPath, type MediaRoots } from '../media-path.js'

/** Where files that clients name are looked for. */
export interface ClientFiles {
  /** Files that clients may name. */
  readonly mediaRoots: MediaRoots
  /** What relative paths start from. */
  readonly workingDirectory: string
}

/** A file that a client named: where it really is, and what the client calls it. */
export interface ClientFile {
  readonly path: string
  readonly name: string
}

/** Text of a longer path is cut in answers. */
const LONGEST_ECHO = 200

/**
 * Follows a path of a client's to a file.
 * @param what is to be found there, for the message: "Audio file"
 * @throws PhizError `not-found` when there is none that clients may name
 */
export async function clientFile(path: string, what: string, files: ClientFiles): Promise<ClientFile> {
  const name = path.slice(0, LONGEST_ECHO)
  const found = await mediaPath(resolve(files.workingDirectory, path), files.mediaRoots)
  if (found.kind !== 'file') throw new PhizError('not-found', `${what} not found: ${name}`)
  return { path: found.path, name }
}
