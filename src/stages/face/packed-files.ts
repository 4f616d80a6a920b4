import { z } from 'zod'
import { ModelLoadError, messageOf } from '../../errors.js'

/** Files that were put one after another into one, as Emscripten's file packager does it. */

const packedFilesSchema = z.array(
  z.object({
    filename: z.string(),
    start: z.number().int().nonnegative(),
    end: z.number().int().nonnegative(),
  }),
)

/** Where each packed file lies, in bytes: from `start` to before `end`. */
export type PackedFiles = z.infer<typeof packedFilesSchema>

/**
 * Reads the list of packed files out of the packager's loader script, which ends with
 * `loadPackage({"files": [{"filename": …, "start": …, "end": …}, …], …})`. The script itself is not run.
 *
 * @throws ModelLoadError when there is no such list.
 */
export function packedFilesOf(loader: string): PackedFiles {
  const list = /"files":\s*(\[[^\]]*\])/.exec(loader)?.[1]
  if (list === undefined) throw new ModelLoadError('The loader script has no list "files".')
  try {
    return packedFilesSchema.parse(JSON.parse(list))
  } catch (error) {
    throw new ModelLoadError(`The loader script's list "files" cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * One packed file, as a view.
 *
 * @param name - The last part of its path.
 * @throws ModelLoadError when it is not packed, or lies outside of the data.
 */
export function packedFile(data: Uint8Array, files: PackedFiles, name: string): Uint8Array {
  const file = files.find(({ filename }) => filename.split('/').at(-1) === name)
  if (file === undefined) {
    const known = files.map(({ filename }) => filename.split('/').at(-1)).join(', ')
    throw new ModelLoadError(`"${name}" is not among the packed files, which are: ${known}.`)
  }
  if (file.start > file.end || file.end > data.length) {
    throw new ModelLoadError(
      `"${name}" is packed at the bytes ${file.start} to ${file.end} of ${data.length}; they must be inside.`,
    )
  }
  return data.subarray(file.start, file.end)
}
