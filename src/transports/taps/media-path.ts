import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'

/** Which files of this machine clients may name: those in these folders, or `anything` readable. */
export type MediaRoots = readonly string[] | 'anything'

/** What a path that a client sent leads to. */
export type MediaPath =
  | { readonly kind: 'file'; readonly path: string }
  /** The path is not absolute. */
  | { readonly kind: 'relative' }
  /** No such file, no regular file, or one outside the roots: which of them is not for strangers to know. */
  | { readonly kind: 'missing' }

/**
 * Follows a path that a client sent to a regular file inside the roots: links, `..`, devices, pipes and folders lead
 * nowhere. The path in the answer is the one to open, free of links.
 */
export async function mediaPath(path: string, roots: MediaRoots): Promise<MediaPath> {
  if (!isAbsolute(path)) return { kind: 'relative' }
  try {
    const real = await realpath(path)
    if (!(await stat(real)).isFile()) return { kind: 'missing' }
    if (roots === 'anything') return { kind: 'file', path: real }
    for (const root of roots) {
      // A root that does not exist (yet) holds nothing, and does not hide the others.
      const folder = await realpath(root).catch(() => undefined)
      if (folder !== undefined && isInside(real, folder)) return { kind: 'file', path: real }
    }
  } catch {
    // Whatever keeps the file from being read (no permission, a loop of links, a null byte), it is not there.
  }
  return { kind: 'missing' }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && !/^\.\.([\\/]|$)/.test(way) && !isAbsolute(way)
}
