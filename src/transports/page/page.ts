import { Hono, type Context } from 'hono'
import { UnavailableError } from '../../errors.js'
import { readPage, type PageFile } from './page-files.js'

/**
 * Nothing of another host, and nothing that is written into the page itself. `'self'` takes in the WebSocket of the
 * same host (CSP level 3, section 6.7.2.8). Pictures are made of what came over it.
 */
const CONTENT_SECURITY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY,
  // The page names its parts by their content; it alone is asked about again.
  'cache-control': 'no-cache',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'microphone=(self), camera=(self)',
} as const

/** The build puts a hash of the content into these names: what they name never changes. */
const PART_HEADERS = { 'cache-control': 'public, max-age=31536000, immutable' } as const

/**
 * The conversation page: `/`, and its parts under `/assets`. It works under any host, behind a
 * proxy that adds a path, and without a network. The files are read once, with the first visit, and served from memory.
 *
 * Where no page has been built, `/` is an UnavailableError that says how to build it.
 * @param folder where the build has put the page: `index.html` and `assets/`
 */
export function pageRoutes(folder: string): Hono {
  const routes = new Hono()
  let reading: ReturnType<typeof readPage> | undefined
  const filesOf = async (): ReturnType<typeof readPage> => {
    reading ??= readPage(folder)
    const files = await reading
    // It may be built while the server runs.
    if (files === undefined) reading = undefined
    return files
  }
  routes.get('/', async (context) => {
    const page = (await filesOf())?.get('index.html')
    if (page === undefined) {
      throw new UnavailableError('The page is not built: run "npm run build", then try again.')
    }
    return send(page, context, PAGE_HEADERS)
  })
  routes.get('/assets/:name', async (context) => {
    const part = (await filesOf())?.get(`assets/${context.req.param('name')}`)
    return part === undefined ? context.notFound() : send(part, context, PART_HEADERS)
  })
  return routes
}

function send(file: PageFile, context: Context, caching: Readonly<Record<string, string>>): Response {
  const headers = { ...caching, etag: file.etag, 'x-content-type-options': 'nosniff' }
  if (context.req.header('if-none-match') === file.etag) return context.body(null, 304, headers)
  return context.body(file.bytes, 200, { ...headers, 'content-type': file.contentType })
}
