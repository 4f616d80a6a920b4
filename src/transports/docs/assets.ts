import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the pages, as it is sent. */
export interface Asset {
  readonly contentType: string
  /** Changes with the file. */
  readonly etag: string
  read(): Promise<Uint8Array<ArrayBuffer>>
}

const SCRIPT = 'text/javascript; charset=utf-8'
const STYLE = 'text/css; charset=utf-8'

/** Where the bundle of Redoc asks another host for its maker's logo, the one thing in it that is not on disk. */
const REDOC_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
/** What it is given instead: nothing, which it takes by leaving the picture out. */
const NO_PICTURE = 'data:,'

const require = createRequire(import.meta.url)
const swagger = dirname(require.resolve('swagger-ui-dist/package.json'))

interface Source {
  readonly path: () => string
  readonly contentType: string
  readonly change?: (text: string) => string
}

const SOURCES: ReadonlyMap<string, Source> = new Map<string, Source>([
  ['swagger-ui.css', { path: () => join(swagger, 'swagger-ui.css'), contentType: STYLE }],
  ['swagger-ui-bundle.js', { path: () => join(swagger, 'swagger-ui-bundle.js'), contentType: SCRIPT }],
  ['favicon.png', { path: () => join(swagger, 'favicon-32x32.png'), contentType: 'image/png' }],
  [
    'redoc.standalone.js',
    {
      path: redocPath,
      contentType: SCRIPT,
      change: (text) => text.replaceAll(REDOC_LOGO, NO_PICTURE),
    },
  ],
])

/** The file of this name; undefined where there is none. Names are looked up in a list: they are no paths. */
export async function assetOf(name: string): Promise<Asset | undefined> {
  const source = SOURCES.get(name)
  if (source === undefined) return undefined
  const path = source.path()
  const { size, mtimeMs } = await stat(path)
  return {
    contentType: source.contentType,
    etag: `W/"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`,
    read: async () => {
      const bytes = await readFile(path)
      return source.change === undefined ? bytes : Buffer.from(source.change(bytes.toString('utf8')))
    },
  }
}

/** The build puts the bundle beside this file; from the sources it is taken from where npm has put it. */
function redocPath(): string {
  const built = fileURLToPath(new URL('redoc.standalone.js', import.meta.url))
  return existsSync(built) ? built : require.resolve('redoc/bundles/redoc.standalone.js')
}
