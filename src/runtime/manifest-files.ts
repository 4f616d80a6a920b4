import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ModelLoadError, messageOf } from '../errors.js'
import { cancellationOf } from './cancellation.js'
import { parseManifest } from './manifest.js'
import type { Manifest, ManifestFile } from './manifest.js'

/**
 * Reads `model.json` of a model folder.
 *
 * @throws ModelLoadError when it is missing or not valid.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const source = join(folder, 'model.json')
  let text: string
  try {
    text = await readFile(source, 'utf8')
  } catch (error) {
    throw new ModelLoadError(`${source} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return parseManifest(text, source)
}

/**
 * Checks that every file of a manifest is there and has its size; with `hash`, also its SHA-256, which reads it all.
 *
 * @throws ModelLoadError that lists each file that differs, and how; the signal's error when it aborts.
 */
export async function verifyManifest(
  folder: string,
  manifest: Manifest,
  { hash = false, signal }: { readonly hash?: boolean; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const problems: string[] = []
  for (const file of manifest.files) {
    if (signal?.aborted) throw cancellationOf(signal)
    const problem = await problemOf(folder, file, hash, signal)
    if (problem !== undefined) problems.push(`  - ${join(folder, file.path)} ${problem}`)
  }
  if (problems.length === 0) return
  throw new ModelLoadError(
    `Model "${manifest.id}" cannot be used; its files are not those of its manifest:\n${problems.join('\n')}`,
  )
}

async function problemOf(
  folder: string,
  { path, bytes, sha256 }: ManifestFile,
  hash: boolean,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const file = join(folder, path)
  let found: Awaited<ReturnType<typeof stat>>
  try {
    found = await stat(file)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'is missing'
      : `cannot be read: ${messageOf(error)}`
  }
  if (!found.isFile()) return 'is not a file'
  if (found.size !== bytes) return `has ${found.size} bytes; ${bytes} were expected`
  if (!hash) return undefined
  const digest = createHash('sha256')
  try {
    await pipeline(createReadStream(file), digest, signal === undefined ? {} : { signal })
  } catch (error) {
    if (signal?.aborted) throw cancellationOf(signal)
    return `cannot be read: ${messageOf(error)}`
  }
  const actual = digest.digest('hex')
  return actual === sha256 ? undefined : `has the SHA-256 ${actual}; ${sha256} was expected`
}
