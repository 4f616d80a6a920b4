import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UnavailableError } from '../../../errors.js'
import { sharp } from '../../../media/sharp.js'
import type { Sink } from '../../../pipeline/sink.js'

/**
 * Writes frames as `00000000.png`, `00000001.png`, … on libuv's threads. A picture appears under its name when it is
 * whole; those written so far stay when the turn is stopped.
 *
 * @param folder is made, with all above it; absolute
 * @throws UnavailableError when it cannot be made
 */
export async function pngFolderSink(folder: string): Promise<Sink> {
  const partial = join(folder, '.partial.png')
  const problem = (error: unknown): UnavailableError => {
    // Where the server keeps its files is not for clients to know; the log gets it as the cause.
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException
    return new UnavailableError(`The pictures cannot be saved on the server (${code}).`, { cause: error })
  }
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw problem(error)
  })
  return {
    name: 'png-folder',
    kinds: ['frame'],
    write: async (packet) => {
      if (packet.kind !== 'frame') return
      try {
        await writeFile(partial, await sharp(packet.data).png({ compressionLevel: 4 }).toBuffer())
        await rename(partial, join(folder, `${String(packet.index).padStart(8, '0')}.png`))
      } catch (error) {
        throw problem(error)
      }
    },
    abort: () => rm(partial, { force: true }),
  }
}
