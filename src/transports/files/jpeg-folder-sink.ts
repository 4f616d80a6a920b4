import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, MediaError, messageOf } from '../../errors.js'
import type { Sink } from '../../pipeline/sink.js'

/**
 * Writes frames as `00000000.jpg`, `00000001.jpg`, … into a folder that appears under its name only when it is
 * whole. The folder must be new or empty.
 */
export async function jpegFolderSink(path: string): Promise<Sink> {
  const target = path.replace(/[\\/]+$/, '')
  const existing = await readdir(target).catch(ignoreMissing)
  if (existing !== undefined && existing.length > 0) {
    throw new InputError(
      `The folder "${target}" has ${existing.length} entries; expected a new or empty folder.`,
    )
  }
  const partial = `${target}.partial-${randomBytes(4).toString('hex')}`
  try {
    await mkdir(partial)
  } catch (error) {
    throw new InputError(`The folder "${target}" cannot be made: ${messageOf(error)}`, { cause: error })
  }
  return {
    name: 'jpeg-folder',
    kinds: ['frame'],
    write: async (packet) => {
      if (packet.kind !== 'frame') return
      await writeFile(join(partial, `${String(packet.index).padStart(8, '0')}.jpg`), packet.data)
    },
    finish: async () => {
      try {
        await rename(partial, target)
      } catch (error) {
        throw new MediaError(`The folder "${target}" cannot be put in place: ${messageOf(error)}`, {
          cause: error,
        })
      }
    },
    abort: () => rm(partial, { recursive: true, force: true }),
  }

  function ignoreMissing(error: unknown): undefined {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'ENOTDIR') throw new InputError(`"${target}" is a file; expected a new or empty folder.`)
    throw new InputError(`The folder "${target}" cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
