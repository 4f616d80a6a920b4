import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { accessBy, type AccessPolicy } from './access.js'

async function ask(
  policy: Partial<AccessPolicy>,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const app = new Hono().all('*', (context) => context.text('done'))
  const access = accessBy({ origins: '', apiKey: '', ...policy })
  const request = new Request(`http://192.168.1.5:8080${path}`, init)
  request.headers.set('host', '192.168.1.5:8080')
  const response = await access.guard(app.fetch)(request)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('an API key', () => {
  const policy = { apiKey: 'open sesame' }

  it.each([
    ['as a bearer', '/x', { authorization: 'Bearer open sesame' }],
    ['in a header', '/x', { 'x-api-key': 'open sesame' }],
    ['in the query', '/x?api_key=open+sesame', {}],
  ])('is taken %s', async (_, path, headers) => {
    expect(await ask(policy, path, { headers })).toMatchObject({ status: 200, text: 'done' })
  })

  it.each([
    ['missing', '/x', {}],
    ['wrong', '/x', { authorization: 'Bearer open' }],
    ['of another scheme', '/x', { authorization: 'Basic open sesame' }],
    ['wrong in the query', '/?api_key=', {}],
  ])('that is %s is refused, saying how it is sent', async (_, path, headers) => {
    const { status, text, headers: answered } = await ask(policy, path, { headers })
    expect(status).toBe(401)
    expect(answered.get('www-authenticate')).toBe('Bearer')
    expect(JSON.parse(text)).toMatchObject({
      error: { code: 'invalid_api_key' },
      detail: 'The API key is missing or wrong: send it as "Authorization: Bearer <key>".',
    })
  })

  it.each([
    '/assets/index-1a2b.js',
    '/docs',
    '/docs/assets/swagger-ui.css',
    '/taps/lam/redoc',
    '/openapi.json',
  ])('is not asked for what describes the interface: %s', async (path) => {
    expect((await ask(policy, path)).status).toBe(200)
  })

  it.each(['/docs/', '/docs/assets/../../v1/info', '/taps/lam/x/docs', '/openapi.json/x', '/v1/docs'])(
    'is asked for what looks like it: %s',
    async (path) => {
      expect((await ask(policy, path)).status).toBe(401)
    },
  )

  it('is not asked of a balancer, whatever path looks alike', async () => {
    expect((await ask(policy, '/healthz')).status).toBe(200)
    expect((await ask(policy, '/readyz?x')).status).toBe(200)
    expect((await ask(policy, '/taps/lam/healthz')).status).toBe(401)
    expect((await ask(policy, '//')).status).toBe(401)
  })
})

describe('a web page', () => {
  const post = (origin: string) => ({ method: 'POST', headers: { origin } })

  it('of elsewhere may start nothing and read nothing', async () => {
    const { status, headers } = await ask({}, '/x', post('http://bad.example'))
    expect(status).toBe(403)
    expect(headers.has('access-control-allow-origin')).toBe(false)
    const read = await ask({}, '/x', { headers: { origin: 'http://bad.example' } })
    expect(read.headers.has('access-control-allow-origin')).toBe(false)
  })

  it.each(['http://localhost:5173', 'http://192.168.1.5:8080'])(
    'of this machine or this server may, at %s',
    async (origin) => {
      const { status, headers } = await ask({}, '/x', post(origin))
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin])
    },
  )

  it('is told beforehand what it may, without a key', async () => {
    const preflight = (origin: string) =>
      ask({ apiKey: 'k' }, '/x', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
    const allowed = await preflight('http://localhost')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-headers')).toContain('x-api-key')
    expect((await preflight('http://bad.example')).status).toBe(403)
  })
})
