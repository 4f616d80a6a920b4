import { open, stat } from 'node:fs/promises'
import { fileProblem } from '../media/file-problem.js'

/** Says in words what the file system refused; any other error stays what it is. */
export function diskProblem(error: unknown, problem: string): unknown {
  return error instanceof Error && 'syscall' in error ? fileProblem(error, problem) : error
}

/** @throws InputError or MediaError when it cannot be told. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    throw fileProblem(error, `${path} cannot be read`)
  }
}

/** Writes a new file and waits until the disk has it: a manifest must never outlive what it is of. */
export async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}
