/** Looks at a path before a decoder does: a decoder's words for a missing file or a folder do not help a user. */
import { access, constants, open, stat } from 'node:fs/promises'
import { InputError, MediaError } from '../errors.js'
import { fileProblem } from './file-problem.js'

/**
 * The size in bytes of a file that can be opened.
 *
 * @param name - what errors call the file.
 * @param expected - what it should be, such as `an audio file`.
 * @throws InputError when the path leads nowhere, to something that is no file, or to a file that may not be read.
 * @throws MediaError when the file is empty.
 */
export async function readableFileSize(path: string, name: string, expected: string): Promise<number> {
  try {
    const stats = await stat(path)
    if (stats.isDirectory()) throw new InputError(`${name} is a directory; ${expected} is expected.`)
    if (!stats.isFile()) throw new InputError(`${name} is not a regular file; ${expected} is expected.`)
    await access(path, constants.R_OK)
    if (stats.size === 0) throw new MediaError(`${name} is empty (0 bytes).`)
    return stats.size
  } catch (error) {
    throw fileProblem(error, `The ${expected.replace(/^an? /, '')} ${name} cannot be read`)
  }
}

/** The first `length` bytes of a file, or all of a shorter one. */
export async function headOfFile(path: string, length: number): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
