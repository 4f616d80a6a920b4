/** A file that is written beside its target and appears there only when it is whole. */
import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { InputError } from '../errors.js'
import { fileProblem } from './file-problem.js'

export interface PartialFile {
  /** Where to write: `<target>.partial-<random>`, in the same folder, so that the final rename is atomic. */
  readonly path: string
  /** Moves the file to the target, replacing what is there. */
  readonly commit: () => Promise<void>
  /** Removes the file, if it is still there. Never throws. */
  readonly discard: () => Promise<void>
}

/**
 * Creates the partial file, empty.
 *
 * @throws InputError naming the target when its folder is missing or cannot be written, or it is a folder itself.
 */
export async function createPartialFile(target: string): Promise<PartialFile> {
  const path = `${target}.partial-${randomBytes(4).toString('hex')}`
  try {
    const existing = await stat(target).catch(() => undefined)
    if (existing?.isDirectory()) throw new InputError(`${target} is a folder; a file to write is expected.`)
    await (await open(path, 'wx')).close()
  } catch (error) {
    throw fileProblem(error, `${target} cannot be written`)
  }
  return {
    path,
    commit: async () => {
      try {
        await rename(path, target)
      } catch (error) {
        throw fileProblem(error, `${target} cannot be written`)
      }
    },
    discard: async () => {
      await rm(path, { force: true }).catch(() => undefined)
    },
  }
}
