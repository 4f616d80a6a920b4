import { existsSync } from 'node:fs'

/** The file of a program module: `program.js` as written, or the `program.ts` it is built from where only that is. */
export function programUrl(url: URL): string {
  const source = url.href.replace(/\.js$/, '.ts')
  return url.protocol === 'file:' && !existsSync(url) && existsSync(new URL(source)) ? source : url.href
}
