/** The tap as its clients see it: over HTTP on a real port. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import sharp from 'sharp'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { encodeAudio, readClip } from '../../../../test/media/encode-audio.js'
import { readFilm } from '../../../../test/media/read-film.js'
import { InputError } from '../../../errors.js'
import { encodeWav } from '../../../media/wav.js'
import { dicetalkTap, formOf, serveTap, temporaryFolder, type Fields } from './fixtures/served.js'
import { gate, ScriptedFilm } from './fixtures/scripted-film.js'
import { writeText } from './fixtures/write-text.js'

interface Task {
  readonly task_id: string
  readonly status: string
  readonly message: string
  readonly original_task_id?: string
}

interface Status {
  readonly task_id: string
  readonly status: string
  readonly progress: number
  readonly message: string
  readonly created_at: string
  readonly updated_at: string
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

let jpeg: Uint8Array
let png: Uint8Array
let wav: Uint8Array
let mp3: Uint8Array
beforeAll(async () => {
  const picture = sharp({ create: { width: 40, height: 40, channels: 3, background: '#88a' } })
  jpeg = await picture.clone().jpeg().toBuffer()
  png = await picture.clone().png().toBuffer()
  const clip = (await readClip('speech-en-3s')).subarray(0, 16_000)
  wav = encodeWav(clip, 16_000)
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'clip.mp3')
  await encodeAudio(path, clip, { container: 'mp3', encoder: 'libmp3lame', sampleRate: 16_000 })
  mp3 = await readFile(path)
})

function post(base: string, fields: Fields = {}): Promise<Response> {
  const body = formOf({ image: jpeg, audio: wav, emotion: 'happy', ...fields })
  return fetch(`${base}/api/v1/synthesis/start`, { method: 'POST', body })
}

async function start(base: string, fields: Fields = {}): Promise<Task> {
  const answer = await post(base, fields)
  const task = (await answer.json()) as Task
  expect([answer.status, task.message]).toEqual([200, task.message])
  return task
}

async function statusOf(base: string, { task_id: id }: Task): Promise<Status> {
  return (await (await fetch(`${base}/api/v1/synthesis/${id}/status`)).json()) as Status
}

async function ended(base: string, task: Task): Promise<Status> {
  for (;;) {
    const status = await statusOf(base, task)
    if (status.status === 'COMPLETED' || status.status === 'FAILED') return status
    await delay(5)
  }
}

function download(
  base: string,
  { task_id: id }: Task,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${base}/api/v1/synthesis/${id}/download`, { headers })
}

async function problem(answer: Response): Promise<[number, string]> {
  const body = (await answer.json()) as { error: string }
  return [answer.status, body.error]
}

it('gives up a task that its client does not want any more', async () => {
  await using folder = await temporaryFolder()
  const film = new ScriptedFilm(gate().script)
  await using served = await serveTap(dicetalkTap(folder.path, film))
  const task = await start(served.base)
  const path = `${served.base}/api/v1/synthesis/${task.task_id}/cancel`
  expect((await fetch(path, { method: 'POST' })).status).toBe(200)
  expect(await ended(served.base, task)).toMatchObject({
    status: 'FAILED',
    message: 'The task was cancelled.',
  })
  expect(film.running).toBe(0)
  const unknown = await fetch(`${served.base}/api/v1/synthesis/none/cancel`, { method: 'POST' })
  expect(await problem(unknown)).toEqual([404, 'Task not found'])
})

describe('the flow of the document', () => {
  it('goes from health by start and status to a film', async () => {
    await using folder = await temporaryFolder()
    const film = new ScriptedFilm((_request, { onProgress }) => {
      onProgress?.(0.6, 'x')
    })
    await using served = await serveTap(dicetalkTap(folder.path, film))
    const { base } = served
    await vi.waitFor(async () => {
      expect(await (await fetch(`${base}/api/health`)).json()).toEqual({
        status: 'healthy',
        gpu_available: false,
        model_loaded: true,
        version: '1.0.0',
      })
    })
    const task = await start(base, {
      ...{ emotion: 'surprised', ref_scale: '3.0', emo_scale: '6', crop: 'False', inference_steps: '25' },
      ...{ duration: '60', fps: '30', seed: '12345', dynamic_scale: '1.0', min_resolution: '256' },
      ...{ expand_ratio: '0.5' },
    })
    expect(task).toEqual({
      task_id: expect.stringMatching(ID) as string,
      status: expect.stringMatching(/^(PENDING|PROCESSING)$/) as string,
      message: 'Task created successfully',
    })
    const status = await ended(base, task)
    expect(status).toEqual({
      task_id: task.task_id,
      status: 'COMPLETED',
      progress: 1,
      message: 'Video generated successfully',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
    })
    expect(Math.abs(new Date(status.created_at).getTime() - Date.now())).toBeLessThan(60_000)
    const answer = await download(base, task)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('video/mp4')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="result.mp4"')
    const path = join(folder.path, 'result.mp4')
    await writeFile(path, new Uint8Array(await answer.arrayBuffer()))
    expect((await readFilm(path)).pictures).toHaveLength(2)
    expect(film.requests[0]?.settings).toEqual({
      ...{ emotion: 'surprised', refScale: 3, emoScale: 6, crop: false, inferenceSteps: 25, duration: 60 },
      ...{ fps: 30, seed: 12_345, dynamicScale: 1, minResolution: 256, expandRatio: 0.5 },
    })
  })

  it('has the documented values for what is left out', async () => {
    await using folder = await temporaryFolder()
    const film = new ScriptedFilm()
    await using served = await serveTap(dicetalkTap(folder.path, film))
    await ended(served.base, await start(served.base, { image: png, audio: mp3, seed: '', unknown: 'field' }))
    expect(film.requests[0]?.settings).toEqual({
      ...{ emotion: 'happy', refScale: 3, emoScale: 6, crop: false, inferenceSteps: 20, fps: 24 },
      ...{ dynamicScale: 1, minResolution: 256, expandRatio: 0.5, seed: expect.any(Number) as number },
    })
  })

  it('shows how far a task is, and gives no film before its end', async () => {
    await using folder = await temporaryFolder()
    const held = gate()
    const film = new ScriptedFilm(async (request, options) => {
      options.onProgress?.(0.6, 'x')
      await held.script(request, options)
      if (request.settings.seed === 1) throw new InputError('image shows no face.')
    })
    await using served = await serveTap(dicetalkTap(folder.path, film, { workers: 1 }))
    const { base } = served
    const first = await start(base, { seed: '1' })
    const second = await start(base, { seed: '2' })
    await vi.waitFor(async () => {
      expect(await statusOf(base, first)).toMatchObject({
        status: 'PROCESSING',
        progress: 0.6,
        message: 'Generating video...',
      })
    })
    expect(await statusOf(base, second)).toMatchObject({ status: 'PENDING', progress: 0 })
    expect(await problem(await download(base, first))).toEqual([400, 'Task not completed yet'])
    expect(await problem(await download(base, second))).toEqual([400, 'Task not completed yet'])
    held.open()
    expect(await ended(base, first)).toMatchObject({ status: 'FAILED', message: 'image shows no face.' })
    expect(await (await download(base, first)).json()).toEqual({
      error: 'Task not completed yet',
      detail: 'The task failed: image shows no face.',
    })
    expect(await ended(base, second)).toMatchObject({ status: 'COMPLETED' })
  })
})

describe('what is refused', () => {
  it('is refused in the words of the document', async () => {
    await using folder = await temporaryFolder()
    const film = new ScriptedFilm()
    await using served = await serveTap(dicetalkTap(folder.path, film))
    const { base } = served
    const refusal = async (fields: Fields): Promise<[number, string]> => problem(await post(base, fields))
    const imageProblem = [400, "Invalid image file type. Allowed types: ['image/jpeg', 'image/png']"]
    const audioProblem = [400, "Invalid audio file type. Allowed types: ['audio/wav', 'audio/mpeg']"]
    const webp = await sharp(jpeg).webp().toBuffer()
    for (const image of [webp, wav, Buffer.from('text'), new Uint8Array(0), randomBytes(2000)]) {
      expect(await refusal({ image })).toEqual(imageProblem)
    }
    const aac = join(folder.path, 'clip.m4a')
    await encodeAudio(aac, new Float32Array(16_000), {
      container: 'ipod',
      encoder: 'aac',
      sampleRate: 16_000,
    })
    const fakes = [await readFile(aac), jpeg, Buffer.from('ID3 is what this begins with'), new Uint8Array(0)]
    for (const audio of [...fakes, Buffer.from('RIFF\x10\0\0\0WAVEfmt '), new Uint8Array(5000)]) {
      expect(await refusal({ audio })).toEqual(audioProblem)
    }
    for (const id of ['f47ac10b-58cc-4372-a567-0e02b2c3d479', 'x', '..', '%2e%2e%2f', '%00']) {
      const unknown = await fetch(`${base}/api/v1/synthesis/${id}/status`)
      expect(unknown.status).toBe(404)
    }
    const unknown = { task_id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479', status: '', message: '' }
    expect(await statusOf(base, unknown)).toEqual({ error: 'Task not found' })
    expect(await problem(await download(base, unknown))).toEqual([404, 'Task not found'])
    expect(await problem(await fetch(`${base}/nothing`))).toEqual([404, 'Not Found'])
    const method = await fetch(`${base}/api/v1/synthesis/start`)
    expect(method.headers.get('allow')).toBe('POST')
    expect(await problem(method)).toEqual([405, 'Method Not Allowed'])
    expect(film.requests).toEqual([])
    expect(await readdir(join(folder.path, 'jobs'))).toEqual(['.incoming'])
    expect(await readdir(join(folder.path, 'jobs', '.incoming'))).toEqual([])
  })

  it('is what lies outside of the ranges, and nothing on their edges', async () => {
    await using folder = await temporaryFolder()
    const film = new ScriptedFilm(undefined, writeText)
    await using served = await serveTap(dicetalkTap(folder.path, film, { maxWaiting: 1000 }))
    const { base } = served
    const ranges: Record<string, readonly [string, string, string, string]> = {
      ref_scale: ['0', '10', '-0.01', '10.01'],
      emo_scale: ['0.0', '10.0', '-1', '11'],
      inference_steps: ['8', '50', '7', '51'],
      duration: ['0.1', '300', '0.09', '300.1'],
      fps: ['8', '60.0', '7', '61'],
      seed: ['0', '2147483647', '-1', '2147483648'],
      dynamic_scale: ['.1', '3', '0', '3.1'],
      min_resolution: ['128', '2048', '127', '2049'],
      expand_ratio: ['1e-1', '2', '0.09', '2.01'],
    }
    for (const [name, [least, most, below, above]] of Object.entries(ranges)) {
      for (const value of [least, most]) expect((await post(base, { [name]: value })).status).toBe(200)
      for (const value of [below, above]) {
        const [status, error] = await problem(await post(base, { [name]: value }))
        expect([status, error]).toEqual([
          400,
          expect.stringMatching(`^${name} must be a (whole )?number from `),
        ])
      }
      for (const value of ['x', 'nan', 'inf', '0x10', '1,5', '--1']) {
        expect((await post(base, { [name]: value })).status).toBe(422)
      }
    }
    for (const name of ['inference_steps', 'fps', 'min_resolution']) {
      expect((await post(base, { [name]: '20.5' })).status).toBe(422)
    }
    expect(await problem(await post(base, { emotion: 'joy' }))).toEqual([
      400,
      expect.stringMatching(/^Invalid emotion type\. Allowed types: \['contempt', 'sad', .*'neutral'\]$/),
    ])
    const missing = { emotion: undefined, image: undefined }
    expect(await problem(await post(base, missing))).toEqual([
      422,
      'image must be an uploaded file; emotion must be given',
    ])
    expect(await problem(await post(base, { image: 'portrait.jpg' }))).toEqual([
      422,
      'image must be an uploaded file',
    ])
    expect(await problem(await post(base, { crop: 'perhaps' }))).toEqual([400, 'crop must be true or false'])
    const json = await fetch(`${base}/api/v1/synthesis/start`, { method: 'POST', body: '{}' })
    expect(await problem(json)).toEqual([422, expect.stringContaining('must be multipart/form-data')])
  })

  it('is a file that is too large, at the byte that passes its limit', async () => {
    await using folder = await temporaryFolder()
    const limits = { maxImageBytes: 10_000, maxAudioBytes: 50_000 }
    await using served = await serveTap(dicetalkTap(folder.path, undefined, limits))
    const { base } = served
    const image = Buffer.concat([jpeg, new Uint8Array(10_001 - jpeg.length)])
    expect(await problem(await post(base, { image }))).toEqual([413, 'image is larger than 10000 bytes.'])
    expect((await post(base, { image: image.subarray(0, -1) })).status).toBe(200)
    const audio = Buffer.concat([wav, new Uint8Array(50_001 - wav.length)])
    expect(await problem(await post(base, { audio }))).toEqual([413, 'audio is larger than 50000 bytes.'])
    expect((await post(base, { audio: audio.subarray(0, -1) })).status).toBe(200)
    expect(await readdir(join(folder.path, 'jobs', '.incoming'))).toEqual([])
  })

  it('is what is larger than the document says', async () => {
    await using folder = await temporaryFolder()
    await using served = await serveTap(dicetalkTap(folder.path))
    const { base } = served
    const image = new Uint8Array(10 * 2 ** 20 + 1)
    expect(await problem(await post(base, { image }))).toEqual([413, 'image is larger than 10485760 bytes.'])
    const audio = new Uint8Array(50 * 2 ** 20 + 1)
    expect(await problem(await post(base, { audio }))).toEqual([413, 'audio is larger than 52428800 bytes.'])
    const both = await post(base, { image, audio: new Uint8Array(52 * 2 ** 20) })
    expect(await problem(both)).toEqual([413, 'The body is larger than 63963136 bytes.'])
  })

  it('is the task behind two at work and a hundred that wait', async () => {
    await using folder = await temporaryFolder()
    const held = gate()
    const film = new ScriptedFilm(held.script)
    await using served = await serveTap(dicetalkTap(folder.path, film))
    const tasks: Task[] = []
    for (let n = 0; n < 102; n++) tasks.push(await start(served.base))
    const refused = await post(served.base)
    expect(await problem(refused)).toEqual([503, '100 tasks are waiting, as many as may; try again later.'])
    expect(film.running).toBe(2)
    held.open()
    expect((await ended(served.base, tasks[0]!)).status).toBe('COMPLETED')
    // One that waited is over, too: now fewer wait.
    await ended(served.base, tasks[2]!)
    await start(served.base)
    expect(film.most).toBe(2)
  })
})

describe('the same request', () => {
  it('gets its film at once when its seed is given, else another one', async () => {
    await using folder = await temporaryFolder()
    const film = new ScriptedFilm()
    await using served = await serveTap(dicetalkTap(folder.path, film))
    const { base } = served
    const first = await start(base, { seed: '7' })
    await ended(base, first)
    const second = await start(base, { seed: '7.0' })
    expect(second).toEqual({
      task_id: expect.stringMatching(ID) as string,
      status: 'COMPLETED',
      message: 'Task completed from cache',
      original_task_id: first.task_id,
    })
    expect(second.task_id).not.toBe(first.task_id)
    const [one, other] = await Promise.all([download(base, first), download(base, second)])
    expect(Buffer.from(await one.arrayBuffer()).equals(Buffer.from(await other.arrayBuffer()))).toBe(true)
    for (const change of [
      { seed: '8' },
      { fps: '25' },
      { image: png },
      { audio: mp3 },
      { seed: undefined },
    ]) {
      const task = await start(base, { seed: '7', ...change })
      expect(task).not.toHaveProperty('original_task_id')
      await ended(base, task)
    }
    expect(await start(base)).not.toHaveProperty('original_task_id')
  })
})

describe('a client that', () => {
  it('goes in the middle of its upload leaves nothing', async () => {
    await using folder = await temporaryFolder()
    const film = new ScriptedFilm()
    await using served = await serveTap(dicetalkTap(folder.path, film))
    const incoming = join(folder.path, 'jobs', '.incoming')
    const upload = slowUpload(served.base)
    upload.write(Buffer.alloc(100_000))
    await vi.waitFor(async () => {
      expect(await readdir(incoming)).toHaveLength(1)
    })
    upload.destroy()
    await vi.waitFor(async () => {
      expect(await readdir(incoming)).toEqual([])
    })
    expect(film.requests).toEqual([])
  })

  it('is slow is told so, and holds no place', async () => {
    await using folder = await temporaryFolder()
    const options = { maxUploadSeconds: 0.2, maxUploads: 1 }
    await using served = await serveTap(dicetalkTap(folder.path, undefined, options))
    const upload = slowUpload(served.base)
    const status = new Promise((resolve) => {
      upload.on('response', (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
    })
    await vi.waitFor(async () => {
      expect((await post(served.base)).status).toBe(503)
    })
    expect(await status).toBe(408)
    expect((await post(served.base)).status).toBe(200)
  })

  it('reads a part of a film gets that part', async () => {
    await using folder = await temporaryFolder()
    await using served = await serveTap(dicetalkTap(folder.path))
    const task = await start(served.base)
    await ended(served.base, task)
    const whole = Buffer.from(await (await download(served.base, task)).arrayBuffer())
    const part = await download(served.base, task, { range: 'bytes=10-19' })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 10-19/${whole.length}`)
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20))
    const tail = await download(served.base, task, { range: 'bytes=-5' })
    expect(Buffer.from(await tail.arrayBuffer())).toEqual(whole.subarray(-5))
    const beyond = await download(served.base, task, { range: `bytes=${whole.length}-` })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`])
    const head = await fetch(`${served.base}/api/v1/synthesis/${task.task_id}/download`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)])
  })
})

/** An upload that has begun, and does not go on by itself. */
function slowUpload(base: string): ReturnType<typeof httpRequest> {
  const { hostname, port } = new URL(base)
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  const path = '/api/v1/synthesis/start'
  const upload = httpRequest({ hostname, port, path, method: 'POST', headers })
  upload.on('error', () => undefined)
  upload.write('--x\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\nRIFF')
  return upload
}

describe('the service', () => {
  it('goes on with its tasks when it is started again, and keeps a log of them', async () => {
    await using folder = await temporaryFolder()
    const held = gate()
    const tasks: Task[] = []
    {
      await using served = await serveTap(dicetalkTap(folder.path, new ScriptedFilm(held.script)))
      for (let n = 0; n < 3; n++) tasks.push(await start(served.base))
      expect((await post(served.base, { emotion: 'joy' })).status).toBe(400)
    }
    await using served = await serveTap(dicetalkTap(folder.path))
    for (const task of tasks) expect((await ended(served.base, task)).status).toBe('COMPLETED')
    await served.tap.close()
    const log = await readFile(join(folder.path, 'logs', 'api.log'), 'utf8')
    const events = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const names = events.map(({ event }) => String(event))
    const count = (name: string): number => names.filter((other) => other === name).length
    expect(count('service.started')).toBe(2)
    expect(count('task.created')).toBe(3)
    expect(count('task.completed')).toBe(3)
    expect(events.find(({ event }) => event === 'request.refused')).toMatchObject({ status: 400 })
    expect(log).not.toContain('document.txt')
  })

  it('is not healthy while its engine or its folder cannot be had', async () => {
    await using folder = await temporaryFolder()
    let isFree = false
    const claim = (): Promise<{ readonly release: () => Promise<void> }> =>
      isFree
        ? Promise.resolve({ release: () => Promise.resolve() })
        : Promise.reject(new InputError('The folder is in use by another process.'))
    const errors: unknown[] = []
    const tap = dicetalkTap(folder.path, undefined, { claim }, (error) => errors.push(error))
    await using served = await serveTap(tap)
    const health = async (): Promise<unknown> => (await fetch(`${served.base}/api/health`)).json()
    expect(await health()).toMatchObject({ status: 'unhealthy' })
    expect(await problem(await post(served.base))).toEqual([
      503,
      'The folder of the tasks cannot be used; the log says why.',
    ])
    isFree = true
    await start(served.base)
    expect(await health()).toMatchObject({ status: 'healthy' })
    expect(errors).toHaveLength(1)
  })
})
