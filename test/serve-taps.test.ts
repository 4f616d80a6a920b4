import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { runPhiz, startPhiz } from './run-phiz.js'

const speech = fileURLToPath(new URL('./media/speech-en-3s.wav', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-serve-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Messages of a MuseTalk client up to the close: frames as their length, texts as they are. */
async function musetalk(url: string, audioPath: string, options: object = {}): Promise<unknown[]> {
  const client = new WebSocket(url, options)
  const got: unknown[] = []
  client.on('message', (data: Buffer, isBinary) => {
    got.push(isBinary ? data.length : JSON.parse(data.toString()))
    if (!isBinary && 'error' in (got.at(-1) as object)) client.close()
  })
  await once(client, 'open')
  client.send(JSON.stringify({ audio_path: audioPath }))
  await once(client, 'close')
  return got
}

describe('the taps of phiz serve', () => {
  it('stand on ports of their own and under the gateway, and stop with it', async () => {
    const { child, printed, finished } = startPhiz(
      ['serve', '--port', '0', '--tap', 'musetalk-ws=0', '--log-level', 'error'],
      { cwd: folder, environment: { PHIZ_VIDEO_SIZE: '128', PHIZ_TAPS_PACE: 'unlimited' } },
    )
    const [, gateway] = await printed(/phiz is at http:\/\/(127\.0\.0\.1:\d+)/)
    const [, own] = await printed(/MuseTalk WebSocket \(musetalk-ws\) is at (ws:\/\/127\.0\.0\.1:\d+)/)
    const [, indextts] = await printed(/IndexTTS WebSocket \(indextts-ws\) is at (ws:\/\/127\.0\.0\.1:\d+)/)
    const [, lam] = await printed(/\(lam\+dicetalk\) is at (http:\/\/127\.0\.0\.1:\d+)/)

    const [, pictures] = await printed(/\(musetalk-http\) is at (http:\/\/127\.0\.0\.1:\d+)/)

    for (const url of [own!, `ws://${gateway!}/taps/musetalk-ws`]) {
      const got = await musetalk(url, speech)
      expect(got[0]).toEqual({ status: 'processing', audio_path: speech })
      const frames = got.filter((message) => typeof message === 'number').length
      expect(frames).toBeGreaterThan(70)
      expect(got.at(-1)).toMatchObject({ status: 'completed', total_frames: frames })
    }
    expect((await fetch(own!.replace('ws', 'http'))).status).toBe(426)

    const welcome = new WebSocket(indextts!)
    const goodbye = once(welcome, 'close')
    const [hello] = (await once(welcome, 'message')) as [Buffer]
    expect(JSON.parse(hello.toString())).toMatchObject({ status: 'success' })
    const health = async (base: string): Promise<unknown> => (await fetch(`${base}/api/health`)).json()
    await expect.poll(() => health(lam!)).toMatchObject({ status: 'healthy' })
    expect(await health(lam!)).toMatchObject({ sessions: 0, version: '1.0.0' })
    expect(await health(`http://${gateway!}/taps/lam`)).toMatchObject({ status: 'healthy', sessions: 0 })
    expect(await health(`http://${gateway!}/taps/dicetalk`)).toMatchObject({ status: 'healthy' })
    expect(await health(pictures!)).toMatchObject({ status: 'ok' })
    for (const base of [lam!, pictures!, `http://${gateway!}`, `http://${gateway!}/taps/lam`]) {
      for (const page of ['docs', 'redoc', 'openapi.json']) {
        expect((await fetch(`${base}/${page}`)).status, `${base}/${page}`).toBe(200)
      }
    }

    const [error] = (await once(new WebSocket(own!, { origin: 'http://bad.example' }), 'error')) as [Error]
    expect(error.message).toContain('403')

    // A connection that is open does not keep the server from stopping.
    child.kill('SIGTERM')
    expect(await finished).toMatchObject({ code: 0, err: '' })
    expect((await goodbye)[0]).toBe(1001)
  })

  it('can be left out', async () => {
    const { child, printed, finished } = startPhiz(
      ['serve', '--port', '0', '--no-tap', 'lam', '--tap', 'indextts-ws=off', '--log-level', 'error'],
      { cwd: folder },
    )
    await printed(/musetalk-ws.*\n/)
    child.kill('SIGTERM')
    const { code, out } = await finished
    expect(code).toBe(0)
    expect(out).not.toMatch(/lam|indextts/)
    expect(out).toMatch(/DICE-Talk HTTP \(dicetalk\) is at http/)
  })

  it('name the port that is in use, and what to do', async () => {
    const other = createServer()
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const { code, err } = await runPhiz(['serve', '--port', '0', '--tap', `musetalk-ws=${port}`], {
      cwd: folder,
    })
    other.close()
    expect(err).toContain(
      `The tap musetalk-ws (MuseTalk WebSocket) cannot listen on 127.0.0.1:${port}: the port is in use.`,
    )
    expect(err).toContain('--no-tap musetalk-ws leaves the tap out')
    expect(code).toBe(3)
  })

  it('name both taps of a shared port that is in use', async () => {
    const other = createServer()
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const shared = ['--tap', `lam=${port}`, '--tap', `dicetalk=${port}`]
    const { code, err } = await runPhiz(['serve', '--port', '0', ...shared], { cwd: folder })
    other.close()
    expect(err).toContain('--tap lam=<port> --tap dicetalk=<port> chooses another port')
    expect(code).toBe(3)
  })

  it.each([
    [
      'colour=1',
      'Expected <name>=<port> with a name of musetalk-ws, musetalk-http, indextts-ws, lam, dicetalk, got "colour=1"',
    ],
    ['lam', 'got "lam"'],
    ['lam=high', 'Expected a port from 0 to 65535, or "off", got "high"'],
  ])('refuse --tap %s', async (choice, problem) => {
    const { code, err } = await runPhiz(['serve', '--tap', choice], { cwd: folder })
    expect(err).toContain(problem)
    expect(code).toBe(2)
  })

  it('read no files for strangers unless told which', async () => {
    const environment = { PHIZ_VIDEO_SIZE: '128', PHIZ_TAPS_PACE: 'unlimited' }
    const wide = ['serve', '--host', '0.0.0.0', '--port', '0', '--log-level', 'error']
    const ask = async (args: readonly string[]): Promise<{ last: unknown; err: string }> => {
      const { child, printed, finished } = startPhiz(args, { cwd: folder, environment })
      const [, port] = await printed(/musetalk-ws\) is at ws:\/\/0\.0\.0\.0:(\d+)/)
      const last = (await musetalk(`ws://127.0.0.1:${port!}`, speech)).at(-1)
      child.kill('SIGTERM')
      return { last, err: (await finished).err }
    }
    const closed = await ask(wide)
    expect(closed.last).toEqual({ error: `音频文件不存在: ${speech}` })
    expect(closed.err).toMatch(/^Clients can name no files/)
    const media = fileURLToPath(new URL('./media', import.meta.url))
    const opened = await ask([...wide, '--media-root', media])
    expect(opened.last).toMatchObject({ status: 'completed' })
    expect(opened.err).toMatch(
      /^Everybody who can reach 0\.0\.0\.0 can use this server: PHIZ_API_KEY sets a key/,
    )
    expect(opened.err).not.toContain('Clients can name no files')
  })

  it('ask for the key on every port, over HTTP and WebSocket, and keep it to themselves', async () => {
    const { child, printed, finished } = startPhiz(['serve', '--port', '0', '--log-level', 'debug'], {
      cwd: folder,
      environment: { PHIZ_API_KEY: '0451', PHIZ_VIDEO_SIZE: '128', PHIZ_TAPS_PACE: 'unlimited' },
    })
    const [, gateway] = await printed(/phiz is at (http:\/\/127\.0\.0\.1:\d+)/)
    const [, frames] = await printed(/musetalk-ws\) is at (ws:\/\/127\.0\.0\.1:\d+)/)
    const [, lam] = await printed(/lam.* is at (http:\/\/127\.0\.0\.1:\d+)/)
    const status = async (url: string, headers = {}): Promise<number> =>
      (await fetch(url, { headers })).status
    expect(await status(`${gateway!}/healthz`)).toBe(200)
    for (const url of [`${gateway!}/v1/info`, `${gateway!}/taps/lam/api/health`, `${lam!}/api/health`]) {
      expect(await status(url), url).toBe(401)
      expect(await status(url, { authorization: 'Bearer 451' }), url).toBe(401)
      expect(await status(url, { authorization: 'Bearer 0451' }), url).toBe(200)
    }
    const [refused] = (await once(new WebSocket(frames!), 'error')) as [Error]
    expect(refused.message).toContain('401')
    const got = await musetalk(`${frames!}/?api_key=0451`, speech)
    expect(got.at(-1)).toMatchObject({ status: 'completed' })
    child.kill('SIGTERM')
    const { out, err } = await finished
    expect(out + err).not.toContain('0451')
  })
})
