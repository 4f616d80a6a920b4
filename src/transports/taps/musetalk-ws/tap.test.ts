import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { encodeAudio, readClip } from '../../../../test/media/encode-audio.js'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { say } from '../../../say.js'
import { listen, type Listening } from '../../listen.js'
import { attachSockets, type AttachedSockets } from '../../socket.js'
import type { JobOptions, JobReport } from './job.js'
import { createMusetalkTap } from './tap.js'

const speech = fileURLToPath(new URL('../../../../test/media/speech-en-3s.wav', import.meta.url))
/** Frames a second. */
const FPS = 25

let app: App
let folder: string
let short: string

beforeAll(async () => {
  app = createApp(resolveConfig({ flags: { 'video.size': 128, 'video.workers': 1, 'video.fps': FPS } }))
  folder = await mkdtemp(join(tmpdir(), 'phiz-musetalk-'))
  short = join(folder, 'short.wav')
  // Half a second of the recording, with the header it had: cut files are spoken as far as they go.
  await writeFile(short, (await readFile(speech)).subarray(0, 44 + 16_000))
})

afterAll(async () => {
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

interface Server {
  readonly url: string
  readonly sockets: AttachedSockets
  readonly unexpected: unknown[]
  readonly outcomes: string[]
  readonly reports: JobReport[]
}

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function serve(options: Partial<JobOptions> = {}): Promise<Server> {
  const unexpected: unknown[] = []
  const outcomes: string[] = []
  const reports: JobReport[] = []
  const tap = createMusetalkTap(
    {
      catalogue: app.catalogue,
      avatars: app.avatars,
      telemetry: (event) => {
        if (event.type === 'turn-end') outcomes.push(event.outcome)
      },
      onUnexpectedError: (error) => unexpected.push(error),
    },
    {
      pace: 'unlimited',
      mediaRoots: 'anything',
      onReport: (report) => reports.push(report),
      ...options,
    },
  )
  const listening: Listening = await listen({
    host: '127.0.0.1',
    port: 0,
    title: tap.title,
    fetch: () => new Response(null, { status: 426 }),
  })
  const sockets = attachSockets(listening.server, tap.sockets!)
  closers.push(async () => {
    await sockets.close()
    await tap.close()
    await listening.close()
  })
  return { url: `ws://127.0.0.1:${listening.port}`, sockets, unexpected, outcomes, reports }
}

type Message = Uint8Array | Record<string, unknown>

function isText(message: Message): message is Record<string, unknown> {
  return !(message instanceof Uint8Array)
}

/** A client that keeps everything it gets. */
class Client {
  readonly messages: Message[] = []
  readonly #socket: WebSocket
  readonly closed: Promise<number>
  readonly #watchers = new Set<() => void>()

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer, isBinary) => {
      this.messages.push(isBinary ? data : (JSON.parse(data.toString()) as Record<string, unknown>))
      for (const look of this.#watchers) look()
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        resolve(code)
      })
    })
    closers.push(() => {
      socket.terminate()
    })
  }

  static async open(url: string): Promise<Client> {
    const socket = new WebSocket(url)
    const client = new Client(socket)
    await once(socket, 'open')
    return client
  }

  get socket(): WebSocket {
    return this.#socket
  }

  get frames(): Uint8Array[] {
    return this.messages.filter((message) => message instanceof Uint8Array)
  }

  get texts(): Record<string, unknown>[] {
    return this.messages.filter(isText)
  }

  send(value: unknown): void {
    this.#socket.send(JSON.stringify(value))
  }

  /** Resolves with the first message that the test accepts, past or to come. */
  until(accept: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      let seen = 0
      const look = (): void => {
        for (; seen < this.messages.length; seen++) {
          if (!accept(this.messages[seen]!)) continue
          this.#watchers.delete(look)
          resolve(this.messages[seen]!)
          return
        }
      }
      this.#watchers.add(look)
      look()
    })
  }

  status(status: string): Promise<Message> {
    return this.until((message) => isText(message) && message['status'] === status)
  }

  error(): Promise<Message> {
    const before = this.messages.length
    return this.until((message) => this.messages.indexOf(message) >= before && 'error' in message)
  }
}

describe('the MuseTalk WebSocket', () => {
  it('answers as documented: processing, one JPEG a frame, progress, completed, close', async () => {
    const { url, outcomes } = await serve()
    const client = await Client.open(url)
    client.send({ audio_path: speech })
    expect(await client.closed).toBe(1000)

    const total = client.frames.length
    const { texts } = client
    expect(texts[0]).toEqual({ status: 'processing', audio_path: speech })
    expect(client.messages[0]).toBe(texts[0])
    // On a slow machine two seconds may pass before fifty frames, which is told, too.
    const progress = texts.find((text) => text['current_frame'] === 50)
    expect(progress).toEqual({
      status: 'progress',
      current_frame: 50,
      total_frames: expect.any(Number) as number,
      progress_percent: expect.any(Number) as number,
      elapsed_time: expect.any(Number) as number,
    })
    expect(Math.abs((progress!['total_frames'] as number) - total)).toBeLessThanOrEqual(2)
    expect(progress!['progress_percent']).toBeCloseTo(5000 / (progress!['total_frames'] as number), 1)
    const until = client.messages.slice(0, client.messages.indexOf(progress!))
    expect(until.filter((message) => message instanceof Uint8Array)).toHaveLength(50)
    const last = client.messages.at(-1) as Record<string, number>
    expect(last).toEqual({
      status: 'completed',
      total_frames: total,
      processing_time: expect.any(Number) as number,
      fps: expect.any(Number) as number,
    })
    expect(last['fps']).toBeGreaterThan(0)
    expect(await sharp(client.frames[0]).metadata()).toMatchObject({
      format: 'jpeg',
      width: 128,
      height: 128,
    })
    expect(outcomes).toEqual(['completed'])
  })

  it('sends the frames that the line makes of the same file', async () => {
    const output = join(folder, 'line')
    await say(app, { source: { kind: 'recording', path: short }, output })
    const names = (await readdir(output)).sort()
    const expected = await Promise.all(names.map((name) => readFile(join(output, name))))

    const { url } = await serve()
    const client = await Client.open(url)
    client.send({ audio_path: short, options: { jpeg_quality: app.config.video.quality, batch_send: true } })
    await client.closed
    expect(client.frames).toHaveLength(expected.length)
    // The file is decoded at another rate than for a film, so that pictures may differ by a rounding.
    for (const [index, frame] of client.frames.entries()) {
      expect(await meanDifference(frame, expected[index]!)).toBeLessThan(1)
    }
  })

  it('takes mp3 and other formats, too', async () => {
    const samples = (await readClip('speech-en-3s')).subarray(0, 8000)
    const { url } = await serve()
    for (const [name, container, encoder, sampleRate] of [
      ['a.mp3', 'mp3', 'libmp3lame', 16_000],
      ['a.flac', 'flac', 'flac', 16_000],
    ] as const) {
      const path = join(folder, name)
      await encodeAudio(path, samples, { container, encoder, sampleRate })
      const client = await Client.open(url)
      client.send({ audio_path: path })
      await client.closed
      expect(client.texts[0], name).toEqual({ status: 'processing', audio_path: path })
      expect(client.messages.at(-1), name).toMatchObject({
        status: 'completed',
        total_frames: client.frames.length,
      })
      expect(client.frames.length, name).toBeGreaterThanOrEqual(12)
    }
  })

  it('takes the quality at its word, within 10 to 95', async () => {
    const { url } = await serve()
    const bytes = async (options: object): Promise<number> => {
      const client = await Client.open(url)
      client.send({ audio_path: short, options })
      await client.closed
      return client.frames[0]!.length
    }
    const [lowest, below, middle, standard, highest, above] = await Promise.all([
      bytes({ jpeg_quality: 10 }),
      bytes({ jpeg_quality: -1e9 }),
      bytes({ jpeg_quality: 70.2 }),
      bytes({}),
      bytes({ jpeg_quality: 95 }),
      bytes({ jpeg_quality: 1e300 }),
    ])
    expect(below).toBe(lowest)
    expect(standard).toBe(middle)
    expect(above).toBe(highest)
    expect(lowest).toBeLessThan(middle)
    expect(middle).toBeLessThan(highest)
  })

  it('stops at once, answers twice, and can be used again', async () => {
    const { url, outcomes } = await serve({ pace: 'realtime' })
    const client = await Client.open(url)
    client.send({ audio_path: speech })
    await client.until((message) => message instanceof Uint8Array)
    client.send({ action: 'stop' })
    const done = (await client.status('stopped_mid_process')) as Record<string, unknown>
    const sent = client.frames.length
    expect(sent).toBeLessThan(70)
    expect(client.texts.slice(1)).toEqual([
      { status: 'stopped', message: '已停止处理并清理显存' },
      { status: 'stopped_mid_process', message: `处理被停止，已生成 ${sent} 帧`, frames_generated: sent },
    ])
    expect(client.messages.at(-1)).toBe(done)
    expect(client.messages.at(-2)).toMatchObject({ status: 'stopped' })
    expect(outcomes).toEqual(['cancelled'])

    client.messages.length = 0
    client.send({ audio_path: short })
    expect(await client.closed).toBe(1000)
    expect(client.messages.at(-1)).toMatchObject({ status: 'completed', total_frames: client.frames.length })
  })

  it('answers a stop while nothing runs, and one before the first frame', async () => {
    const { url } = await serve()
    const client = await Client.open(url)
    client.send({ action: 'stop' })
    await client.status('stopped')
    client.send({ audio_path: speech })
    client.send({ action: 'stop' })
    expect(await client.status('stopped_mid_process')).toMatchObject({ frames_generated: 0 })
    expect(client.frames).toEqual([])
  })

  it('refuses a second request without harm to the first', async () => {
    const { url } = await serve()
    const client = await Client.open(url)
    client.send({ audio_path: short })
    client.send({ audio_path: speech })
    expect(await client.error()).toEqual({ error: '正在处理中，请等待完成或先发送停止指令' })
    await client.closed
    expect(client.texts.filter(({ status }) => status === 'processing')).toHaveLength(1)
    expect(client.messages.at(-1)).toMatchObject({ status: 'completed', total_frames: client.frames.length })
  })

  it('keeps the pace of the pictures, so that clients can draw them on arrival', async () => {
    const { url } = await serve({ pace: 'realtime' })
    const client = await Client.open(url)
    client.send({ audio_path: short })
    await client.until((message) => message instanceof Uint8Array)
    await client.closed
    const { total_frames: frames, processing_time: seconds } = client.messages.at(-1) as Record<
      string,
      number
    >
    // It can be late on a busy machine, never early.
    expect(seconds).toBeGreaterThanOrEqual((frames! - 1) / FPS - 0.02)
  })

  it('tells the log of jobs whose client asked for it', async () => {
    const { url, reports } = await serve()
    const client = await Client.open(url)
    client.send({ audio_path: short, options: { verbose: true } })
    await client.closed
    expect(reports.map(({ step }) => step)).toEqual(['started', 'completed'])
    expect(reports[1]).toMatchObject({ jpegQuality: 70, frames: client.frames.length })
    expect(JSON.stringify(reports)).not.toContain(short)
  })

  it('names what is wrong with a request, and stays usable', async () => {
    const { url, unexpected } = await serve()
    const client = await Client.open(url)
    const text = join(folder, 'text.wav')
    await writeFile(text, 'no sound at all')
    const answers: [unknown, string | RegExp][] = [
      [{ audio_path: '/no/such/file.wav' }, '音频文件不存在: /no/such/file.wav'],
      [{ audio_path: folder }, `音频文件不存在: ${folder}`],
      [{ audio_path: '/dev/zero' }, '音频文件不存在: /dev/zero'],
      [{ audio_path: 'a.wav' }, 'audio_path必须是绝对路径: a.wav'],
      [{ audio_path: '/a\0.wav' }, '音频文件不存在: /a\0.wav'],
      [{ audio_path: 7 }, 'audio_path 必须是字符串'],
      [{ audio_path: '' }, 'audio_path 不能为空'],
      [{}, '缺少audio_path参数'],
      [[], '请求必须是JSON对象'],
      [{ action: 'dance' }, '未知的action，仅支持 "stop"'],
      [{ audio_path: short, options: 7 }, 'options 必须是对象'],
      [{ audio_path: short, options: { jpeg_quality: '70' } }, 'options.jpeg_quality 必须是数字'],
      [{ audio_path: short, options: { batch_send: 1 } }, 'options.batch_send 必须是布尔值'],
      [{ audio_path: short, options: { verbose: 'yes' } }, 'options.verbose 必须是布尔值'],
      [{ audio_path: text }, /^处理失败: .*text\.wav/],
    ]
    for (const [request, reason] of answers) {
      const answer = client.error()
      client.send(request)
      expect((await answer) as { error: string }).toEqual({
        error: typeof reason === 'string' ? reason : (expect.stringMatching(reason) as string),
      })
    }
    for (const [raw, reason] of [
      ['{', '无效的JSON格式'],
      [Buffer.of(1), '请求必须是JSON文本，不能是二进制数据'],
    ] as const) {
      const answer = client.error()
      client.socket.send(raw)
      expect(await answer).toEqual({ error: reason })
    }
    expect(unexpected).toEqual([])
    client.send({ audio_path: short })
    await client.closed
    expect(client.messages.at(-1)).toMatchObject({ status: 'completed' })
  })

  it('reads inside the media roots only, links and dots included', async () => {
    const root = join(folder, 'root')
    await mkdir(root)
    await writeFile(join(root, 'in.wav'), await readFile(short))
    await symlink(short, join(root, 'link.wav'))
    await symlink(join(root, 'in.wav'), join(folder, 'inward.wav'))
    const { url } = await serve({ mediaRoots: [root] })
    const client = await Client.open(url)
    for (const path of [short, join(root, 'link.wav'), `${root}/../short.wav`, root]) {
      const answer = client.error()
      client.send({ audio_path: path })
      expect(await answer).toEqual({ error: `音频文件不存在: ${path}` })
    }
    client.send({ audio_path: join(folder, 'inward.wav') })
    await client.closed
    expect(client.messages.at(-1)).toMatchObject({ status: 'completed' })
  })

  it('ends the work of a client that leaves', async () => {
    const { url, outcomes } = await serve({ pace: 'realtime' })
    const client = await Client.open(url)
    client.send({ audio_path: speech })
    await client.until((message) => message instanceof Uint8Array)
    client.socket.terminate()
    await expect.poll(() => outcomes).toEqual(['cancelled'])
  })

  it('ends running work when the server stops', async () => {
    const { url, sockets, outcomes } = await serve({ pace: 'realtime' })
    const client = await Client.open(url)
    client.send({ audio_path: speech })
    await client.until((message) => message instanceof Uint8Array)
    await sockets.close()
    expect(outcomes).toEqual(['cancelled'])
    expect(await client.closed).toBe(1001)
  })
})

async function meanDifference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [left, right] = await Promise.all([sharp(a).raw().toBuffer(), sharp(b).raw().toBuffer()])
  let sum = 0
  for (let index = 0; index < left.length; index++) sum += Math.abs(left[index]! - right[index]!)
  return sum / left.length
}
