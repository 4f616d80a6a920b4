import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { FilmSettings } from '../../../../stages/film/film.js'

/** What tells the same request: the settings, and the files by content. SHA-256, in hexadecimal digits. */
export async function fingerprint(
  settings: FilmSettings,
  files: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(settings).toSorted()))
  for (const path of files) {
    const content = createHash('sha256')
    for await (const piece of createReadStream(path, { signal })) content.update(piece as Uint8Array)
    hash.update(content.digest())
  }
  return hash.digest('hex')
}
