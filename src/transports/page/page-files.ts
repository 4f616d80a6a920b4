import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly contentType: string
  /** Changes with its content. */
  readonly etag: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/**
 * The files of a built page by their addresses in it, such as `index.html` and `assets/index-4d5e6f.js`. Files of other
 * kinds, such as source maps, are left out.
 * @returns undefined where there is no built page
 */
export async function readPage(folder: string): Promise<ReadonlyMap<string, PageFile> | undefined> {
  const entries = await readdir(folder, { recursive: true }).catch(() => [])
  const files = new Map<string, PageFile>()
  for (const entry of entries) {
    const contentType = CONTENT_TYPES[extname(entry)]
    if (contentType === undefined) continue
    const bytes = await readFile(join(folder, entry))
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    files.set(entry.replaceAll('\\', '/'), { contentType, etag, bytes })
  }
  return files.has('index.html') ? files : undefined
}
