import { open } from 'node:fs/promises'
import { InputError } from '../../errors.js'
import { FORMAT_BYTES, recogniseFormat } from '../../media/picture-format.js'

/** What is no picture by its first bytes, and so either a video or nothing that is known. */
const NO_PICTURE = new Set(['video', 'unknown', 'text', 'pdf'])

/**
 * Whether a file is to be read as a picture or as a video, by its content; its name plays no part.
 * @param name what errors call it
 * @throws InputError when it cannot be read
 */
export async function sourceKind(path: string, name: string): Promise<'image' | 'video'> {
  try {
    await using file = await open(path)
    const head = Buffer.alloc(FORMAT_BYTES)
    const { bytesRead } = await file.read(head, 0, FORMAT_BYTES, 0)
    const recognised = recogniseFormat(head.subarray(0, bytesRead))
    return 'format' in recognised || !NO_PICTURE.has(recognised.kind) ? 'image' : 'video'
  } catch (error) {
    throw new InputError(`${name} cannot be read.`, { cause: error })
  }
}
