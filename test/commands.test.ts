import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runPhiz, startPhiz } from './run-phiz.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-commands-'))
})
afterAll(() => rm(folder, { recursive: true }))

const version = async (): Promise<string> =>
  (JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version

describe('phiz', () => {
  it('shows its help and its version', async () => {
    const help = await runPhiz(['--help'], { cwd: folder })
    expect(help.code).toBe(0)
    for (const command of ['say', 'serve', 'avatar', 'models', 'doctor']) expect(help.out).toContain(command)
    expect(await runPhiz(['--version'], { cwd: folder })).toMatchObject({
      code: 0,
      out: `${await version()}\n`,
    })
  })
})

describe('phiz serve', () => {
  it('serves health, readiness, metrics and information, logs in JSON, and stops on SIGTERM', async () => {
    const { child, printed, finished } = startPhiz(['serve', '--port', '0', '--log-level', 'debug'], {
      cwd: folder,
    })
    const [, address] = await printed(/phiz is at (http:\/\/127\.0\.0\.1:\d+)/)
    const get = (path: string): Promise<Response> => fetch(`${address!}${path}`)
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' })
    let ready = await get('/readyz')
    expect([200, 503]).toContain(ready.status)
    while (ready.status !== 200) {
      expect(await ready.json()).toEqual({ status: 'not-ready', reason: 'The engines are loading.' })
      await new Promise((resolve) => setTimeout(resolve, 50))
      ready = await get('/readyz')
    }
    expect(await (await get('/v1/info')).json()).toMatchObject({
      name: 'phiz',
      version: await version(),
      device: 'cpu',
      engines: { speech: 'espeak', expression: 'visemes', video: 'portrait' },
      motion: { fps: 30, channels: 52 },
    })
    expect(await (await get('/metrics?secret=1')).text()).toMatch(/^phiz_turns_live 0$/m)
    expect((await get('/nowhere')).status).toBe(404)
    child.kill('SIGTERM')
    const { code, err } = await finished
    expect(code).toBe(0)
    const lines = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['ready', 'request', 'stopping']))
    expect(err).not.toContain('secret')
  })

  it('names a port that is in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const { code, err } = await runPhiz(['serve', '--port', String(port)], { cwd: folder })
    other.close()
    expect(err).toContain(`The gateway cannot listen on 127.0.0.1:${port}: the port is in use.`)
    expect(code).toBe(3)
  })

  it('lives and says why it is not ready when a device is missing', async () => {
    const { child, printed, finished } = startPhiz(['serve', '--port', '0', '--device', 'cuda'], {
      cwd: folder,
    })
    const [, address] = await printed(/phiz is at (http:\/\/127\.0\.0\.1:\d+)/)
    let reason = 'The engines are loading.'
    while (reason === 'The engines are loading.') {
      const answer = await fetch(`${address!}/readyz`)
      expect(answer.status, 'there is no GPU on a machine that runs these tests').toBe(503)
      reason = ((await answer.json()) as { reason: string }).reason
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(reason).toMatch(/CUDA|libcu|libonnxruntime_providers/)
    expect((await fetch(`${address!}/healthz`)).status).toBe(200)
    child.kill('SIGINT')
    expect((await finished).code).toBe(0)
  })
})

describe('phiz doctor', () => {
  it('tries every part for real', async () => {
    const { code, out } = await runPhiz(['doctor', '--json', '--data-directory', 'here'], { cwd: folder })
    const { checks } = JSON.parse(out) as { checks: { name: string; status: string; detail: string }[] }
    expect(code).toBe(0)
    const status = Object.fromEntries(checks.map(({ name, status }) => [name, status]))
    expect(status).toMatchObject({
      node: 'works',
      speech: 'works',
      expression: 'works',
      video: 'works',
      film: 'works',
    })
    expect(checks.find(({ name }) => name === 'film')?.detail).toMatch(/H\.264 and AAC, \d\.\d s/)
  })

  it('says in plain lines what is missing and how to get it', async () => {
    const { code, out, err } = await runPhiz(['doctor', '--device', 'cuda'], { cwd: folder })
    expect(out).toMatch(/^✓ node/m)
    expect(out).toMatch(/^✗ expression .*setup:cuda/m)
    expect(err).toMatch(/phiz cannot work here: expression/)
    expect(code).toBe(3)
  })
})

describe('phiz avatar sheet', () => {
  it('draws the face in at least 16 states', async () => {
    expect(await runPhiz(['avatar', 'sheet', '-o', 'sheet.png'], { cwd: folder })).toMatchObject({
      code: 0,
      out: 'sheet.png\n',
    })
    const { format, width, height } = await sharp(join(folder, 'sheet.png')).metadata()
    expect(format).toBe('png')
    expect(width * height).toBeGreaterThan(16 * 256 * 256)
    const refused = await runPhiz(['avatar', 'sheet', '-o', 'sheet.gif'], { cwd: folder })
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('"sheet.gif" is not a .png')])
  })
})
