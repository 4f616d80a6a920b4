/** The JavaScript clients that the documents of the services print, against `phiz serve`. See clients/README.md. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinSamples } from '../src/pipeline/join-samples.js'
import { chromium, chromiumTitle, pageOf, startBrowser, type Browser } from './clients/chromium-page.js'
import { documentClient } from './clients/document-client.js'
import type { Page } from './clients/page.js'
import { openScriptPage } from './clients/script-page.js'
import { servePhiz, type Served } from './clients/serve.js'
import { encodeAudio, readClip } from './media/encode-audio.js'
import { filmPortrait, type Shot } from './media/film-portrait.js'

const speech = fileURLToPath(new URL('./media/speech-en-3s.wav', import.meta.url))

let folder: string
let server: Served
let browser: Browser | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-javascript-'))
  await mkdir(join(folder, 'asset'))
  await cp(speech, join(folder, 'asset/zero_shot_prompt.wav'))
  // The files that the clients name, under those names.
  await mkdir(join(folder, 'data', 'video'), { recursive: true })
  await mkdir(join(folder, 'data', 'audio'))
  await cp(speech, join(folder, 'data/audio/yongen.wav'))
  await filmPortrait(join(folder, 'data/video/yongen.mp4'), {
    width: 256,
    height: 256,
    fps: 25,
    shots: Array<Shot>(10).fill({ x: 128, y: 100 }),
  })
  const clip = await readClip('speech-en-7s')
  await encodeAudio(join(folder, 'long.wav'), joinSamples(Array<Float32Array>(6).fill(clip)), {
    container: 'wav',
    encoder: 'pcm_s16le',
    sampleRate: 16_000,
  })
  server = await servePhiz(folder)
  if (chromium !== undefined) browser = await startBrowser()
})
afterAll(async () => {
  await browser?.close()
  // No client has made the server complain.
  expect(await server.stop()).toMatchObject({ code: 0, err: '' })
  await rm(folder, { recursive: true })
})

const logged = (page: Page) => async (): Promise<unknown[][]> =>
  (await page.evaluate('logged')) as unknown[][]
const patient = { timeout: 30_000 }

const node = { open: async (script: string): Promise<Page> => openScriptPage(script), draws: false }
const inChromium = { open: (script: string): Promise<Page> => browser!.open(pageOf(script)), draws: true }

describe.each([
  ['in Node', node, false],
  [chromiumTitle('in Chromium'), inChromium, chromium === undefined],
])('the JavaScript clients of the documents, %s', (_, { open, draws }, isSkipped) => {
  it.skipIf(isSkipped)('MuseTalk WebSocket: shows the frames', async () => {
    const page = await open(
      await documentClient('musetalk-ws/frames.js', {
        'ws://localhost:8765': server.taps['musetalk-ws']!,
        '/home/user/audio.wav': speech,
      }),
    )
    await expect.poll(logged(page), patient).toContainEqual(['处理完成!'])
    expect(await logged(page)()).toContainEqual([expect.stringMatching(/^进度: \d+(\.\d)?%$/)])
    expect(await page.evaluate(`document.getElementById('avatar').src`)).toMatch(/^blob:/)
    if (draws) {
      await expect.poll(() => page.evaluate(`document.getElementById('avatar').naturalWidth`)).toBe(128)
    }
    await page.close()
  })

  const stopClient = async (): Promise<Page> =>
    open(
      await documentClient('musetalk-ws/stop.js', {
        'ws://192.168.10.172:8765': server.taps['musetalk-ws']!,
        '/home/user/audio.wav': join(folder, 'long.wav'),
      }),
    )

  it.skipIf(isSkipped)('MuseTalk WebSocket: stops after 200 frames', async () => {
    const page = await stopClient()
    const end = ['状态:', expect.objectContaining({ status: 'stopped_mid_process' })]
    await expect.poll(logged(page), patient).toContainEqual(end)
    const log = (await logged(page)()) as [string, Record<string, unknown>][]
    expect(log[0]![1]).toMatchObject({ status: 'processing' })
    expect(log.at(-2)![1]).toEqual({ status: 'stopped', message: '已停止处理并清理显存' })
    const frames = log.at(-1)![1]['frames_generated']
    expect(frames).toBeGreaterThan(200)
    expect(frames).toBeLessThan(42 * 25)
    const own = draws ? 2 : 0
    expect(await page.evaluate('document.images.length')).toBe(own + Number(frames))
    await page.close()
  })

  it.skipIf(isSkipped)('MuseTalk WebSocket: stops when told', async () => {
    const page = await stopClient()
    await expect.poll(() => page.evaluate('document.images.length'), patient).toBeGreaterThan(2)
    await page.evaluate('stopProcessing()')
    const end = ['状态:', expect.objectContaining({ status: 'stopped_mid_process' })]
    await expect.poll(logged(page), patient).toContainEqual(end)
    await page.close()
  })

  it.skipIf(isSkipped)('IndexTTS WebSocket: takes the sound', async () => {
    const page = await open(
      await documentClient('indextts-ws/synthesize.js', {
        'ws://127.0.0.1:8770': server.taps['indextts-ws']!,
      }),
    )
    await expect.poll(logged(page), patient).toContainEqual(['生成完成'])
    const said = (await logged(page)()).filter(([first]) => first !== '收到消息:').map(([first]) => first)
    expect(said).toEqual(['连接成功', '会话ID:', '任务已排队:', '开始生成音频', '收到完整音频', '生成完成'])
    await expect.poll(() => page.evaluate('ws.readyState')).toBe(3)
    await page.close()
  })

  it.skipIf(isSkipped)(
    'MuseTalk HTTP: makes an avatar and shows its stream',
    async () => {
      const address = server.taps['musetalk-http']!
      const page = await open(
        await documentClient('musetalk-http/stream.js', { 'http://localhost:5000': address }),
      )
      await page.evaluate('createAvatar()')
      const created = {
        status: 'success',
        message: 'Avatar avatar1 created successfully',
        avatar_id: 'avatar1',
      }
      expect(await logged(page)()).toEqual([[created]])
      await page.evaluate('startInference()')
      const stream = String(await page.evaluate(`document.getElementById('videoStream').src`))
      expect(stream).toMatch(new RegExp(`^${address}/api/stream/avatar1_\\d+`))
      if (draws) await shows(page)
      else
        expect((await (await fetch(stream)).text()).match(/^Content-Type: image\/jpeg\r$/gim)).toHaveLength(
          75,
        )
      await page.close()
      await stopSession(stream)
    },
    60_000,
  )
})

it.skipIf(chromium === undefined)(chromiumTitle('the page of MuseTalk HTTP shows a stream'), async () => {
  const address = server.taps['musetalk-http']!
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await response.json()) as Record<string, unknown>
  }
  await post('/api/avatar/create', { avatar_id: 'avatar2', video_path: 'data/video/yongen.mp4' })
  const started = await post('/api/inference/start', { avatar_id: 'avatar2', audio_path: 'long.wav' })
  const session = String(started['session_id'])
  const page = await browser!.open(
    await documentClient('musetalk-http/stream.html', {
      'http://localhost:5000': address,
      avatar1_1234567890: session,
    }),
  )
  await shows(page)
  await page.close()
  await stopSession(`${address}/api/stream/${session}`)
})

/** Waits until a stream's picture is drawn. */
async function shows(page: Page): Promise<void> {
  const width = (): Promise<unknown> => page.evaluate(`document.getElementById('videoStream').naturalWidth`)
  await expect.poll(width, patient).toBeGreaterThan(0)
}

async function stopSession(stream: string): Promise<void> {
  await fetch(stream.replace('/api/stream/', '/api/inference/stop/'), { method: 'POST' })
}
