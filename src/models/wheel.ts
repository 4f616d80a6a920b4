import { createHash } from 'node:crypto'
import { unzipSync } from 'fflate'
import { messageOf, ModelLoadError } from '../errors.js'
import type { Pin, PinnedFile } from './pin.js'

/** A model's files by their path in its folder, as they are in the wheel. */
export type WheelFiles = ReadonlyMap<string, Uint8Array>

/**
 * Takes the pinned files out of a wheel, which is a zip file. Nothing is unpacked before the wheel is the pinned one,
 * nothing else than the pinned files, none larger than pinned, and no name in the wheel ever becomes a path.
 *
 * @throws ModelLoadError that says what differs from the pin.
 */
export function readWheel(wheel: Uint8Array, pin: Pin): WheelFiles {
  const { wheel: name, bytes, sha256 } = pin.package
  refuseIfDifferent(name, wheel, bytes, sha256)
  const wanted = new Map(pin.files.map((file) => [file.from, file]))
  let found: Record<string, Uint8Array>
  try {
    found = unzipSync(wheel, {
      filter: (entry) => {
        if (leadsOut(entry.name)) {
          throw new ModelLoadError(`holds "${entry.name}", which leads out of the folder`)
        }
        const file = wanted.get(entry.name)
        if (file === undefined) return false
        // The room for a file is made before it is unpacked, of the size that the zip claims.
        if (entry.originalSize === file.bytes) return true
        throw new ModelLoadError(
          `holds ${entry.name} with ${entry.originalSize} bytes; ${file.bytes} were expected`,
        )
      },
    })
  } catch (error) {
    throw new ModelLoadError(`${name} cannot be unpacked: it ${reasonOf(error)}.`, { cause: error })
  }
  return new Map(pin.files.map((file) => [file.path, contentOf(file, found[file.from], name)]))
}

function contentOf(
  { from, bytes, sha256 }: PinnedFile,
  content: Uint8Array | undefined,
  wheel: string,
): Uint8Array {
  if (content === undefined) throw new ModelLoadError(`${wheel} lacks ${from}.`)
  refuseIfDifferent(`${from} of ${wheel}`, content, bytes, sha256)
  return content
}

function refuseIfDifferent(name: string, content: Uint8Array, bytes: number, sha256: string): void {
  if (content.length !== bytes) {
    throw new ModelLoadError(`${name} has ${content.length} bytes; ${bytes} were expected.`)
  }
  const actual = sha256Of(content)
  if (actual !== sha256)
    throw new ModelLoadError(`${name} has the SHA-256 ${actual}; ${sha256} was expected.`)
}

/** SHA-256 as 64 hexadecimal digits. */
export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function leadsOut(name: string): boolean {
  return /^([/\\]|[a-z]:)/i.test(name) || name.split(/[/\\]/).includes('..')
}

function reasonOf(error: unknown): string {
  return error instanceof ModelLoadError
    ? error.message
    : `is no zip file that can be read (${messageOf(error)})`
}
