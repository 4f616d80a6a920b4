/**
 * The tap as its clients see it: over HTTP on a real port, on the real engine. One file, although long: its tests
 * share one engine.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { encodeAudio, readClip } from '../../../../test/media/encode-audio.js'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { InferenceError, ModelLoadError } from '../../../errors.js'
import { encodeWav } from '../../../media/wav.js'
import { BLENDSHAPE_INDEX as B, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { MICROSECONDS_PER_SECOND } from '../../../pipeline/time.js'
import { say } from '../../../say.js'
import { fakeExpression, fakeLog } from '../../../testing/fake-stages.js'
import { ManualClock } from '../../../testing/manual-clock.js'
import { listen } from '../../listen.js'
import type { TapServices } from '../tap.js'
import { createLamTap, type LamTapOptions } from './tap.js'

interface Animation {
  readonly names: string[]
  readonly metadata: Record<string, unknown>
  readonly frames: { weights: number[]; time: number; rotation: number[] }[]
}

let app: App
let folder: string
let clip: Float32Array
let wav: Uint8Array
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  app = createApp(resolveConfig())
  folder = await mkdtemp(join(tmpdir(), 'phiz-lam-'))
  clip = await readClip('speech-en-3s')
  wav = encodeWav(clip, 16_000)
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function serve(options: LamTapOptions = {}, services: Partial<TapServices> = {}): Promise<string> {
  const onUnexpectedError = (error: unknown): void => {
    throw error
  }
  const tap = createLamTap({ ...app, onUnexpectedError, ...services }, options)
  const fetchTap = (request: Request): Response | Promise<Response> => tap.http!.fetch(request)
  const { port, close } = await listen({ host: '127.0.0.1', port: 0, fetch: fetchTap, title: tap.title })
  stops.push(async () => {
    await close(0)
    await tap.close()
  })
  return `http://127.0.0.1:${port}`
}

function form(fields: Record<string, string | Uint8Array>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') data.append(name, value)
    else data.append(name, new Blob([new Uint8Array(value)]), 'chunk.wav')
  }
  return data
}

function post(url: string, fields: Record<string, string | Uint8Array>): Promise<Response> {
  return fetch(url, { method: 'POST', body: form(fields) })
}

async function infer(base: string, fields: Record<string, string | Uint8Array>): Promise<Animation> {
  const answer = await post(`${base}/api/infer`, fields)
  expect(answer.status).toBe(200)
  return (await answer.json()) as Animation
}

async function openSession(base: string, body = '{"id_idx": 0}'): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${base}/api/infer_stream_init`, { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { session_id: string }).session_id
}

async function stream(
  base: string,
  pieces: readonly Uint8Array[],
  id_idx = 0,
): Promise<readonly Animation[]> {
  const session_id = await openSession(base, JSON.stringify({ id_idx }))
  const answers: Animation[] = []
  for (const audio_chunk of pieces) {
    const answer = await post(`${base}/api/infer_stream_chunk`, { session_id, audio_chunk })
    expect(answer.status).toBe(200)
    answers.push((await answer.json()) as Animation)
  }
  await fetch(`${base}/api/infer_stream_close/${session_id}`, { method: 'DELETE' })
  return answers
}

function pieces(samples: Float32Array, length: number, sampleRate = 16_000): Uint8Array[] {
  return Array.from({ length: Math.ceil(samples.length / length) }, (_, i) =>
    encodeWav(samples.subarray(i * length, (i + 1) * length), sampleRate),
  )
}

function largestDifference(a: readonly Animation['frames'][number][], b: Animation['frames']): number {
  return Math.max(...a.flatMap(({ weights }, i) => weights.map((w, c) => Math.abs(w - b[i]!.weights[c]!))))
}

async function problem(answer: Response): Promise<[number, string]> {
  const body = (await answer.json()) as { detail: string }
  expect(Object.keys(body)).toEqual(['detail'])
  return [answer.status, body.detail]
}

describe('the service', () => {
  it('introduces itself as the document has it, and describes itself', async () => {
    const base = await serve()
    expect(await (await fetch(base)).json()).toEqual({
      service: 'LAM-A2E API',
      version: '1.0.0',
      endpoints: {
        infer: '/api/infer',
        stream_init: '/api/infer_stream_init',
        stream_chunk: '/api/infer_stream_chunk',
        health: '/api/health',
      },
    })
    const api = (await (await fetch(`${base}/openapi.json`)).json()) as { paths: Record<string, object> }
    expect(Object.entries(api.paths).map(([path, item]) => [path, Object.keys(item)])).toEqual([
      ['/', ['get']],
      ['/api/health', ['get']],
      ['/api/infer', ['post']],
      ['/api/infer_stream_init', ['post']],
      ['/api/infer_stream_chunk', ['post']],
      ['/api/infer_stream_close/{session_id}', ['delete']],
    ])
  })

  it('is not ready, and answers 503, while its model cannot be loaded; then it is', async () => {
    let isThere = false
    const expression = (): ReturnType<App['catalogue']['expression']> =>
      isThere
        ? Promise.resolve(fakeExpression())
        : Promise.reject(new ModelLoadError('The model visemes is missing.'))
    const base = await serve({}, { catalogue: { ...app.catalogue, expression } })
    const health = async (): Promise<unknown> => (await fetch(`${base}/api/health`)).json()
    expect(await health()).toEqual({
      status: 'not_ready',
      model_loaded: false,
      gpu_available: false,
      sessions: 0,
    })
    expect(await problem(await post(`${base}/api/infer`, { audio_file: wav }))).toEqual([
      503,
      'The model visemes is missing.',
    ])
    isThere = true
    await openSession(base)
    expect(await health()).toMatchObject({ status: 'healthy', model_loaded: true, sessions: 1 })
  })

  it('answers unknown paths and methods in its own form', async () => {
    const base = await serve()
    expect(await problem(await fetch(`${base}/nothing`))).toEqual([404, 'Not Found'])
    const answer = await fetch(`${base}/api/infer`)
    expect(answer.headers.get('allow')).toBe('POST')
    expect(await problem(answer)).toEqual([405, 'Method Not Allowed'])
  })
})

describe('a whole recording', () => {
  it('gives exactly the motion of the line', async () => {
    const base = await serve()
    const answer = await infer(base, { audio_file: wav })
    const path = fileOf('line.json')
    const source = { kind: 'recording', path: fileOf('clip.wav') } as const
    await encodeAudio(source.path, clip, { container: 'wav', encoder: 'pcm_s16le', sampleRate: 16_000 })
    await say(app, { source, output: path })
    const line = JSON.parse(await readFile(path, 'utf8')) as Animation

    expect(answer.names).toEqual(BLENDSHAPE_NAMES)
    expect(answer.metadata).toEqual({
      fps: 30,
      frame_count: Math.ceil((clip.length * 30) / 16_000),
      blendshape_count: 52,
      inference_time: expect.any(Number) as number,
    })
    expect(answer.frames.map(({ weights }) => weights)).toEqual(line.frames.map(({ weights }) => weights))
    for (const [i, { time, rotation }] of answer.frames.entries()) {
      expect(time).toBe(i / 30)
      expect(rotation).toEqual([])
    }
  })

  it('writes the rate as a number with a fraction, for clients that tell them apart', async () => {
    const base = await serve()
    const answer = await post(`${base}/api/infer`, { audio_file: wav.subarray(0, 3244) })
    expect(await answer.text()).toContain('"metadata":{"fps":30.0,"frame_count":3,')
  })

  it('takes other formats than WAV', async () => {
    const base = await serve()
    const path = fileOf('clip.mp3')
    await encodeAudio(path, clip, { container: 'mp3', encoder: 'libmp3lame', sampleRate: 16_000 })
    const { frames } = await infer(base, { audio_file: new Uint8Array(await readFile(path)) })
    expect(Math.abs(frames.length - (clip.length * 30) / 16_000)).toBeLessThan(4)
    expect(Math.max(...frames.map(({ weights }) => weights[B.jawOpen]!))).toBeGreaterThan(0.1)
  })

  it('looks otherwise for each of the twelve identities', async () => {
    const base = await serve()
    const looks = new Set<string>()
    for (let id = 0; id < 12; id++) {
      const { frames } = await infer(base, { audio_file: wav.subarray(0, 32_044), id_idx: String(id) })
      looks.add(JSON.stringify(frames))
      for (const { weights } of frames) expect(weights.every((w) => w >= 0 && w <= 1)).toBe(true)
    }
    expect(looks.size).toBe(12)
  })

  it('rests the mouth in silence, and leaves speech alone', async () => {
    const base = await serve()
    const padded = new Float32Array(clip.length + 32_000)
    padded.set(clip, 16_000)
    const audio_file = encodeWav(padded, 16_000)
    const plain = await infer(base, { audio_file, movement_smooth: 'false' })
    const smooth = await infer(base, { audio_file, movement_smooth: 'True' })
    const jaw = ({ frames }: Animation): number[] => frames.map(({ weights }) => weights[B.jawOpen]!)
    const loud = jaw(plain).indexOf(Math.max(...jaw(plain)))
    expect(jaw(smooth)[loud]).toBe(jaw(plain)[loud])
    for (const [i, value] of jaw(smooth).entries()) expect(value).toBeLessThanOrEqual(jaw(plain)[i]!)
    expect(jaw(smooth)).not.toEqual(jaw(plain))
  })

  it('raises the brows, and nothing else, the same way every time', async () => {
    const base = await serve()
    const plain = await infer(base, { audio_file: wav })
    const raised = await infer(base, { audio_file: wav, brow_movement: '1' })
    expect((await infer(base, { audio_file: wav, brow_movement: 'yes' })).frames).toEqual(raised.frames)
    const rises = raised.frames.map(
      ({ weights }, i) => weights[B.browInnerUp]! - plain.frames[i]!.weights[B.browInnerUp]!,
    )
    expect(Math.min(...rises)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...rises)).toBeGreaterThan(0.1)
    for (const [i, { weights }] of raised.frames.entries()) {
      expect(weights[B.jawOpen]).toBe(plain.frames[i]!.weights[B.jawOpen])
    }
  })

  it('refuses what it cannot work with, and says why', async () => {
    const base = await serve({ maxSeconds: 2 })
    const refusal = async (fields: Record<string, string | Uint8Array>): Promise<[number, string]> =>
      problem(await post(`${base}/api/infer`, fields))
    const short = wav.subarray(0, 16_044)
    expect(await refusal({ audio_file: new Uint8Array(0) })).toEqual([400, 'audio_file is empty (0 bytes).'])
    expect(await refusal({ audio_file: Buffer.from('This is no sound at all.') })).toEqual([
      400,
      expect.stringContaining('audio_file is not an audio file'),
    ])
    expect(await refusal({ audio_file: wav })).toEqual([
      400,
      'audio_file is longer than 2 seconds (maxSeconds).',
    ])
    expect(await refusal({})).toEqual([400, 'audio_file: must be an uploaded file'])
    for (const id_idx of ['12', '-1', '1.5', 'two', '']) {
      expect(await refusal({ audio_file: short, id_idx })).toEqual([
        400,
        'id_idx: must be a whole number from 0 to 11',
      ])
    }
    expect(await refusal({ audio_file: short, brow_movement: 'perhaps' })).toEqual([
      400,
      'brow_movement: must be true or false',
    ])
    expect(await refusal({ audio_file: short, ex_vol: 'perhaps' })).toEqual([
      400,
      'ex_vol: must be true or false',
    ])
    const json = await fetch(`${base}/api/infer`, { method: 'POST', body: '{}' })
    expect(await problem(json)).toEqual([400, expect.stringMatching(/must be multipart\/form-data/)])
  })

  it('stops reading at the limit, whether the length is announced or not', async () => {
    const base = await serve({ maxFileBytes: 100_000 })
    const audio_file = new Uint8Array(100_000)
    expect(await problem(await post(`${base}/api/infer`, { audio_file }))).toEqual([
      413,
      'The body is larger than 100000 bytes.',
    ])
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 50_000
        controller.enqueue(new Uint8Array(50_000))
      },
    })
    const answer = await fetch(`${base}/api/infer`, {
      method: 'POST',
      body: endless,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      duplex: 'half',
    })
    expect(answer.status).toBe(413)
    expect(sent).toBeLessThan(100_000_000)
  })

  it('refuses more uploads at once than it has room for', async () => {
    const base = await serve({ maxRequests: 1 })
    const { hostname, port } = new URL(base)
    const slow = httpRequest({
      hostname,
      port,
      path: '/api/infer',
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    })
    slow.on('error', () => undefined)
    slow.write('--x\r\n')
    let status = 0
    while (status !== 503) status = (await post(`${base}/api/infer`, { audio_file: wav })).status
    slow.destroy()
    while (status !== 200) status = (await post(`${base}/api/infer`, { audio_file: wav })).status
  })

  it('stops working when its client goes', async () => {
    const log = fakeLog()
    const left = new AbortController()
    const beforeOutput = (index: number, signal: AbortSignal): Promise<void> | void => {
      if (index < 20) return
      left.abort()
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve()
        })
      })
    }
    const expression = (): ReturnType<App['catalogue']['expression']> =>
      Promise.resolve(fakeExpression({ log, beforeOutput }))
    const base = await serve({}, { catalogue: { ...app.catalogue, expression } })
    const body = form({ audio_file: wav })
    await expect(fetch(`${base}/api/infer`, { method: 'POST', body, signal: left.signal })).rejects.toThrow()
    await vi.waitFor(() => {
      expect(log.open).toBe(0)
    })
    expect(log.made).toBeGreaterThanOrEqual(20)
  })

  it('hides the text of unexpected errors, and reports them', async () => {
    const unexpected: unknown[] = []
    const expression = (): Promise<never> => Promise.reject(new TypeError('secret detail'))
    const base = await serve(
      {},
      { catalogue: { ...app.catalogue, expression }, onUnexpectedError: (error) => unexpected.push(error) },
    )
    expect(await problem(await post(`${base}/api/infer`, { audio_file: wav }))).toEqual([
      500,
      'Something went wrong inside phiz.',
    ])
    expect(unexpected).toMatchObject([{ message: 'secret detail' }])
  })
})

describe('a session of chunks', () => {
  it.each([
    ['1 s', 16_000, 16_000],
    ['0.37 s', 5920, 16_000],
    ['1 s at 44.1 kHz', 44_100, 44_100],
  ])('of %s gives the motion of the whole, but for its end', async (_, length, sampleRate) => {
    const base = await serve()
    const whole = await infer(base, { audio_file: encodeWav(clip, sampleRate), id_idx: '4' })
    const answers = await stream(base, pieces(clip, length, sampleRate), 4)
    const frames = answers.flatMap((answer) => answer.frames)
    // The stage keeps back what it must hear more for.
    expect(frames.length).toBeGreaterThanOrEqual(whole.frames.length - 8)
    expect(frames.length).toBeLessThan(whole.frames.length)
    expect(largestDifference(frames, whole.frames)).toBeLessThanOrEqual(1e-4)

    for (const [i, { names, metadata, frames: own }] of answers.entries()) {
      expect(names).toEqual(BLENDSHAPE_NAMES)
      expect(metadata).toMatchObject({ fps: 30, blendshape_count: 52, chunk_index: i + 1 })
      expect(metadata).toMatchObject({ frame_count: own.length })
      expect(own.map(({ time }) => time)).toEqual(own.map((__, k) => k / 30))
    }
  })

  it('takes headerless PCM for what it is', async () => {
    const base = await serve()
    const withHeader = await stream(base, pieces(clip, 16_000))
    const headerless = await stream(
      base,
      pieces(clip, 16_000).map((file) => file.subarray(44)),
    )
    expect(headerless.map(({ frames }) => frames)).toEqual(withHeader.map(({ frames }) => frames))
  })

  it('goes on at the rate of its first chunk when others come', async () => {
    const base = await serve()
    const second = new Float32Array(44_100)
    const [first] = pieces(clip, 16_000)
    const answers = await stream(base, [first!, encodeWav(second, 44_100), first!.subarray(44)])
    expect(answers.map(({ frames }) => frames.length)).toEqual([answers[0]!.frames.length, 30, 30])
  })

  it('answers as documented when it is opened and closed, and is gone then', async () => {
    const base = await serve()
    const opened = await fetch(`${base}/api/infer_stream_init`, { method: 'POST', body: '{"id_idx": 3}' })
    const { session_id, ...rest } = (await opened.json()) as Record<string, string>
    expect(session_id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(rest).toEqual({ message: 'Streaming session initialized', id_idx: 3 })
    const url = `${base}/api/infer_stream_close/${session_id}`
    const closed = await fetch(url, { method: 'DELETE' })
    expect(await closed.json()).toEqual({ message: 'Session closed', session_id })
    const gone = [404, 'Session not found']
    expect(await problem(await fetch(url, { method: 'DELETE' }))).toEqual(gone)
    const fields = { session_id: session_id!, audio_chunk: wav.subarray(44, 32_044) }
    expect(await problem(await post(`${base}/api/infer_stream_chunk`, fields))).toEqual(gone)
  })

  it.each(['{"id_idx": 12}', '{"id_idx": "3"}', '{"id_idx": 0.5}', '{"id_idx": null}', '{', '[]', '7'])(
    'is not opened with %s',
    async (body) => {
      const base = await serve()
      const answer = await fetch(`${base}/api/infer_stream_init`, { method: 'POST', body })
      expect((await problem(answer))[0]).toBe(400)
    },
  )

  it('refuses a chunk that is no sound or too long, and goes on as if it had not come', async () => {
    const base = await serve()
    const session_id = await openSession(base)
    const url = `${base}/api/infer_stream_chunk`
    const bad = [
      new Uint8Array(0),
      new Uint8Array(333),
      Buffer.from('{"this is": "no sound"}.'),
      Buffer.from('RIFF\x10\0\0\0WAVEfmt ', 'latin1'),
      new Uint8Array(16_000 * 2 * 11),
    ]
    for (const audio_chunk of bad) {
      expect((await problem(await post(url, { session_id, audio_chunk })))[0]).toBe(400)
    }
    const [first] = pieces(clip, 16_000)
    const answer = (await (await post(url, { session_id, audio_chunk: first! })).json()) as Animation
    expect(answer.metadata).toMatchObject({ chunk_index: 1 })
    const [expected] = await stream(base, [first!])
    expect(answer.frames).toEqual(expected!.frames)
  })

  it('takes chunks that are sent at once one after the other', async () => {
    const base = await serve()
    const session_id = await openSession(base)
    const url = `${base}/api/infer_stream_chunk`
    const answers = await Promise.all(
      pieces(clip, 8000).map(async (audio_chunk) => {
        const answer = await post(url, { session_id, audio_chunk })
        return (await answer.json()) as Animation
      }),
    )
    const indexes = answers.map(({ metadata }) => Number(metadata['chunk_index']))
    expect(indexes.toSorted((a, b) => a - b)).toEqual(answers.map((_, i) => i + 1))
  })

  it('expires when nothing is asked of it, and is counted while it lives', async () => {
    const clock = new ManualClock()
    const log = fakeLog()
    const expression = (): ReturnType<App['catalogue']['expression']> =>
      Promise.resolve(fakeExpression({ log }))
    const options = { clock, sessionIdleSeconds: 60, maxSessions: 2 }
    const base = await serve(options, { catalogue: { ...app.catalogue, expression } })
    const count = async (): Promise<unknown> =>
      ((await (await fetch(`${base}/api/health`)).json()) as { sessions: number }).sessions
    const kept = await openSession(base)
    const forgotten = await openSession(base)
    expect(await count()).toBe(2)
    const refused = await fetch(`${base}/api/infer_stream_init`, { method: 'POST' })
    expect(await problem(refused)).toEqual([503, expect.stringMatching(/^2 streaming sessions are open/)])

    const chunk = (session_id: string): Promise<Response> =>
      post(`${base}/api/infer_stream_chunk`, { session_id, audio_chunk: new Uint8Array(32_000) })
    await chunk(forgotten)
    clock.advance(40 * MICROSECONDS_PER_SECOND)
    expect((await chunk(kept)).status).toBe(200)
    expect(log.open).toBe(2)
    clock.advance(40 * MICROSECONDS_PER_SECOND)
    expect(await count()).toBe(1)
    expect((await chunk(forgotten)).status).toBe(404)
    expect((await chunk(kept)).status).toBe(200)
    await stops.pop()!()
    expect(log.open).toBe(0)
  })

  it('ends when its engine fails', async () => {
    const beforeOutput = (index: number): void => {
      if (index === 40) throw new InferenceError('The run failed.')
    }
    const expression = (): ReturnType<App['catalogue']['expression']> =>
      Promise.resolve(fakeExpression({ beforeOutput }))
    const base = await serve({}, { catalogue: { ...app.catalogue, expression } })
    const session_id = await openSession(base)
    const chunk = (): Promise<Response> =>
      post(`${base}/api/infer_stream_chunk`, { session_id, audio_chunk: new Uint8Array(32_000) })
    expect((await chunk()).status).toBe(200)
    expect(await problem(await chunk())).toEqual([500, 'The run failed.'])
    expect((await chunk()).status).toBe(404)
  })
})

describe('hostile bodies', () => {
  it('are refused with 400, and leave nothing behind', async () => {
    const base = await serve()
    const session_id = await openSession(base)
    const whole = Buffer.from(await new Response(form({ session_id, audio_chunk: wav })).arrayBuffer())
    const boundary = /^--(\S+)/.exec(whole.toString('latin1'))![1]!
    const statuses = new Set<number>()
    for (let n = 0; n < 200; n++) {
      const body = Buffer.from(
        whole.subarray(0, n % 2 === 0 ? whole.length : 1 + ((n * 7919) % whole.length)),
      )
      for (let k = 0; k < 8; k++) body[(n * 31 + k * 97) % Math.min(body.length, 400)] = randomBytes(1)[0]!
      const path = n % 3 === 0 ? 'infer' : 'infer_stream_chunk'
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
      const answer = await fetch(`${base}/api/${path}`, { method: 'POST', body, headers })
      statuses.add(answer.status)
      await answer.arrayBuffer()
    }
    expect([...statuses].filter((status) => ![200, 400, 404, 413].includes(status))).toEqual([])
    expect((await stream(base, pieces(clip, 16_000))).length).toBeGreaterThan(2)
    expect(await (await fetch(`${base}/api/health`)).json()).toMatchObject({ sessions: 1 })
  })
})

function fileOf(name: string): string {
  return join(folder, name)
}
