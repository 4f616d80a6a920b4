import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '../runtime/manifest.js'

/** The first file of a model's folder that is missing or of another size, in a clause; undefined when none is. */
export function sizeDamageOf(folder: string, { files }: Pick<Manifest, 'files'>): string | undefined {
  for (const { path, bytes } of files) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false })
    if (found === undefined) return `${path} is missing`
    if (found.size !== bytes) return `${path} has ${found.size} bytes; ${bytes} were expected`
  }
  return undefined
}
