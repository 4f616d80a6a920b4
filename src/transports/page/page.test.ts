import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UnavailableError } from '../../errors.js'
import { pageRoutes } from './page.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-page-'))
  await mkdir(join(folder, 'web', 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.js'), 'no')
  await writeFile(join(folder, 'web', 'index.html'), '<!doctype html><title>phiz</title>')
  await writeFile(join(folder, 'web', 'assets', 'index-1a2b.js'), 'export {}')
  await writeFile(join(folder, 'web', 'assets', 'index-1a2b.js.map'), '{}')
  await writeFile(join(folder, 'web', 'assets', 'page-3c4d.css'), 'a{}')
  await writeFile(join(folder, 'web', 'assets', 'icon-5e6f.svg'), '<svg/>')
})

afterAll(() => rm(folder, { recursive: true }))

describe('pageRoutes', () => {
  const routes = (): Hono => pageRoutes(join(folder, 'web'))

  it('serves the page under a policy that lets nothing in but its own parts', async () => {
    const answer = await routes().request('/')
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('<title>phiz</title>')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/unsafe|https?:/)
  })

  it.each([
    ['index-1a2b.js', 'text/javascript; charset=utf-8'],
    ['page-3c4d.css', 'text/css; charset=utf-8'],
    ['icon-5e6f.svg', 'image/svg+xml'],
  ])('serves %s as %s, for ever', async (name, contentType) => {
    const answer = await routes().request(`/assets/${name}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe(contentType)
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('sends nothing that the visitor has', async () => {
    const page = routes()
    const etag = (await page.request('/')).headers.get('etag') ?? ''
    const again = await page.request('/', { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
    expect(again.headers.get('content-security-policy')).not.toBeNull()
  })

  it.each([
    '/assets/none.js',
    '/assets/index-1a2b.js.map',
    '/assets/..%2Findex.html',
    '/assets/..%2f..%2fsecret.js',
  ])('has nothing at %s', async (path) => {
    expect((await routes().request(path)).status).toBe(404)
  })

  it('says how to build a page that is not there, and finds it once it is', async () => {
    const later = join(folder, 'later')
    const page = pageRoutes(later)
    let told: unknown
    page.onError((error, context) => {
      told = error
      return context.text('', 503)
    })
    expect((await page.request('/')).status).toBe(503)
    expect(told).toBeInstanceOf(UnavailableError)
    expect(String(told)).toContain('npm run build')
    await mkdir(later)
    await writeFile(join(later, 'index.html'), '<!doctype html>')
    expect((await page.request('/')).status).toBe(200)
  })
})
