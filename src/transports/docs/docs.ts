import { Hono, type Context } from 'hono'
import { assetOf, type Asset } from './assets.js'
import { redocPage, swaggerPage, type Page } from './pages.js'

export interface DocsOptions {
  /** What the pages are called. */
  readonly title: string
  /** The OpenAPI description. Asked for with every visit. */
  readonly openapi: () => object | Promise<object>
}

/**
 * Nothing of another host, no script in the page itself, no `eval`. Styles may be in the page, as Redoc writes its own
 * there; its search runs in a worker that it makes of itself.
 */
const CONTENT_SECURITY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE_HEADERS = {
  'content-security-policy': CONTENT_SECURITY,
  'cache-control': 'no-cache',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** The bundles change with the version of phiz only, and are asked about again after a day. */
const ASSET_CACHE = 'public, max-age=86400'
/** The scripts that start the pages are phiz's own, and small. */
const SCRIPT_HEADERS = {
  'content-type': 'text/javascript; charset=utf-8',
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
} as const

/**
 * `/docs` (Swagger UI), `/redoc` (Redoc) and `/openapi.json`, with everything that the pages need under
 * `/docs/assets`. They work wherever they are mounted, and without a network.
 *
 * Where the application has an `/openapi.json` of its own, mount these after it.
 */
export function docsRoutes({ title, openapi }: DocsOptions): Hono {
  const routes = new Hono()
  servePage(routes, 'docs', 'start-swagger.js', swaggerPage(title))
  servePage(routes, 'redoc', 'start-redoc.js', redocPage(title))
  routes.get('/openapi.json', async (context) =>
    context.json(await openapi(), 200, { 'cache-control': 'no-cache' }),
  )
  routes.get('/docs/assets/:name', async (context) => {
    const asset = await assetOf(context.req.param('name'))
    return asset === undefined ? context.notFound() : send(asset, context)
  })
  return routes
}

function servePage(routes: Hono, path: string, scriptName: string, { html, script }: Page): void {
  routes.get(`/${path}`, (context) => context.html(html, 200, PAGE_HEADERS))
  // Relative addresses in the page count from the folder that it stands in.
  routes.get(`/${path}/`, (context) => context.redirect(`../${path}`))
  routes.get(`/docs/assets/${scriptName}`, (context) => context.body(script, 200, SCRIPT_HEADERS))
}

async function send({ contentType, etag, read }: Asset, context: Context): Promise<Response> {
  const headers = { etag, 'cache-control': ASSET_CACHE, 'x-content-type-options': 'nosniff' }
  if (context.req.header('if-none-match') === etag) return context.body(null, 304, headers)
  return context.body(await read(), 200, { ...headers, 'content-type': contentType })
}
