import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { openaiSpeech } from '../taps/openai-speech/openai-speech.js'
import { docsRoutes } from './docs.js'
import { gatewayOpenApi } from './gateway-openapi.js'

const description = { openapi: '3.1.0', info: { title: 'Test', version: '1' }, paths: {} }
const routes = docsRoutes({ title: 'A "test" <b>&amp;', openapi: () => Promise.resolve(description) })

/** Everything that a page loads, as it writes it. */
async function loaded(page: string, base: string, app: Hono): Promise<string[]> {
  const response = await app.request(base + page)
  expect(response.status).toBe(200)
  const html = await response.text()
  return [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!)
}

describe('docsRoutes', () => {
  it.each(['', '/taps/lam'])('serves pages whose parts are all found, under "%s"', async (base) => {
    const app = new Hono()
    app.route(base === '' ? '/' : base, routes)
    for (const page of ['/docs', '/redoc']) {
      const addresses = await loaded(page, base, app)
      expect(addresses.length).toBeGreaterThanOrEqual(3)
      for (const address of addresses) {
        const { pathname, host } = new URL(address, `http://here${base}${page}`)
        expect(host).toBe('here')
        const part = await app.request(pathname)
        expect(part.status).toBe(200)
        expect(part.headers.get('content-type')).toMatch(
          /^(?:text\/(?:css|javascript); charset=utf-8|image\/png)$/,
        )
        expect(part.headers.get('x-content-type-options')).toBe('nosniff')
      }
    }
    expect(await (await app.request(`${base}/openapi.json`)).json()).toEqual(description)
    const redirect = await app.request(`${base}/docs/`)
    expect(new URL(redirect.headers.get('location')!, `http://here${base}/docs/`).pathname).toBe(
      `${base}/docs`,
    )
  })

  it('allows its pages nothing of other hosts, and no scripts of their own', async () => {
    const page = await routes.request('/docs')
    const html = await page.text()
    expect(html).toContain('<title>A &quot;test&quot; &lt;b>&amp;amp;</title>')
    expect(html).not.toMatch(/<script>| on[a-z]+=|https?:/)
    const policy = page.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/)
  })

  it('sends a bundle once, until it changes', async () => {
    const first = await routes.request('/docs/assets/swagger-ui.css')
    const etag = first.headers.get('etag')!
    expect(first.headers.get('cache-control')).toMatch(/max-age=\d+/)
    const again = await routes.request('/docs/assets/swagger-ui.css', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('takes the one address of another host out of the bundle of Redoc', async () => {
    const bundle = await (await routes.request('/docs/assets/redoc.standalone.js')).text()
    expect(bundle.length).toBeGreaterThan(900_000)
    expect(bundle).not.toContain('//cdn.')
    expect(bundle).toContain('src:"data:,"')
  })

  it.each([
    'package.json',
    '..%2fpackage.json',
    '%2e%2e%2fpackage.json',
    '..%5cpackage.json',
    'swagger-ui.css%00.png',
    'constructor',
    'swagger-ui-bundle.js.map',
    '',
  ])('finds nothing at "%s"', async (name) => {
    const response = await routes.request(`/docs/assets/${name}`)
    expect(response.status).toBe(404)
  })
})

describe('gatewayOpenApi', () => {
  it("describes the gateway's endpoints and what is mounted in it", async () => {
    const speech = openaiSpeech({
      catalogue: undefined as never,
      telemetry: () => {},
      onUnexpectedError: () => {},
    })
    const api = gatewayOpenApi({ version: '1.2.3', parts: [speech.routes] }) as {
      info: object
      paths: Record<string, object>
      components: { schemas: Record<string, { required: string[] }> }
    }
    expect(api.info).toEqual({ title: 'phiz', version: '1.2.3' })
    expect(Object.keys(api.paths).sort()).toEqual(
      [
        '/healthz',
        '/metrics',
        '/readyz',
        '/v1/audio/speech',
        '/v1/info',
        '/v1/models',
        '/v1/models/{model}',
      ].sort(),
    )
    expect(api.components.schemas['CreateSpeechRequest']?.required).toEqual(['model', 'input', 'voice'])
    await speech.close()
  })
})
