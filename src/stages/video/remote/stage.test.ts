/** Frames by another server: phiz's own MuseTalk taps over real sockets, and servers that misbehave. */
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readClip } from '../../../../test/media/encode-audio.js'
import { PORTRAIT } from '../../../../test/media/film-portrait.js'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { CancelledError, ConfigError, UnavailableError } from '../../../errors.js'
import { ScriptedServer, type Script } from '../../../net/fixtures/scripted-server.js'
import type { RemoteServer } from '../../../net/server.js'
import { checkWindow } from '../../../pipeline/compose.js'
import { recordingLine } from '../../../pipeline/line.js'
import { endOf, type AudioPacket, type FramePacket } from '../../../pipeline/packet.js'
import { runTurn } from '../../../pipeline/run.js'
import type { Stage } from '../../../pipeline/stage.js'
import { Turn } from '../../../pipeline/turn.js'
import { collect } from '../../../testing/collect.js'
import { createMusetalkHttpTap } from '../../../transports/taps/musetalk-http/tap.js'
import { createMusetalkTap } from '../../../transports/taps/musetalk-ws/tap.js'
import { openTap } from '../../../transports/taps/open-tap.js'
import type { Tap } from '../../../transports/taps/tap.js'
import { createAvatar } from '../../avatar/create.js'
import type { Video } from '../../catalogue.js'
import { createCatalogue } from '../../create-catalogue.js'
import { recordingSource } from '../../speech/recording.js'
import { musetalkHttp } from './musetalk-http.js'
import { musetalkSocket } from './musetalk-ws.js'
import { remoteVideo } from './stage.js'

const RATE = 16_000
const FPS = 25

let app: App
let folder: string
let media: string
let clip: Float32Array
let socketUrl: string
let httpUrl: string
const ends: (() => Promise<void>)[] = []
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-remote-video-'))
  media = await mkdtemp(join(folder, 'media-'))
  const flags = { dataDirectory: join(folder, 'data'), 'video.size': 128, 'video.workers': 1 }
  app = createApp(resolveConfig({ flags }))
  clip = await readClip('speech-en-3s')
  const path = join(folder, 'face.png')
  await copyFile(PORTRAIT, path)
  const request = { id: 'ann', source: { kind: 'image', path } } as const
  await createAvatar(app.avatars, request, { signal: new AbortController().signal })

  const onUnexpectedError = (error: unknown): never => {
    throw error
  }
  const services = { ...app, onUnexpectedError }
  const limits = { mediaRoots: [media], pace: 'unlimited' } as const
  socketUrl = `ws://${await serve(createMusetalkTap(services, limits))}`
  httpUrl = `http://${await serve(createMusetalkHttpTap(services, { ...limits, outputDirectory: folder }))}`
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  for (const end of ends) await end()
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function serve(tap: Tap): Promise<string> {
  const { port, close } = await openTap(tap, { host: '127.0.0.1', port: 0, sockets: {} })
  ends.push(close, () => tap.close())
  return `127.0.0.1:${port}`
}

/** The video of a configuration. */
async function videoOf(flags: Record<string, string | number>): Promise<Video> {
  const config = resolveConfig({
    flags: { 'remote.mediaDirectory': media, 'remote.timeoutSeconds': 20, ...flags },
  })
  const catalogue = createCatalogue(config, undefined as never)
  stops.push(async () => catalogue[Symbol.asyncDispose]())
  return catalogue.video()
}

async function draw(
  video: Video | Stage<AudioPacket, FramePacket>,
  samples: Float32Array,
  turn = newTurn(),
): Promise<readonly FramePacket[]> {
  const face = 'from' in video ? video : ({ from: 'audio', stage: video } as const)
  const expression = face.from === 'motion' ? await app.catalogue.expression() : undefined
  const line = recordingLine({ ...(expression && { expression }), video: face })
  checkWindow(line, turn.window.span)
  const chunks = async function* (): AsyncGenerator<Float32Array> {
    yield samples
  }
  const sink = collect(['frame'])
  await runTurn(recordingSource(turn, chunks, RATE).pipe(line.open(turn)), [sink], turn)
  return sink.packets as readonly FramePacket[]
}

let turns = 0
function newTurn(): Turn {
  return new Turn({ id: `video-${turns++}` })
}

function timesOf(frames: readonly FramePacket[]): number[][] {
  return frames.map(({ index, timestamp, duration }) => [index, timestamp, duration])
}

function expectExactTimes(frames: readonly FramePacket[], seconds: number): void {
  expect(frames).toHaveLength(Math.ceil(seconds * FPS))
  for (const [index, frame] of frames.entries()) {
    expect([frame.index, frame.timestamp]).toEqual([index, Math.round((index * 1e6) / FPS)])
  }
  expect(endOf(frames.at(-1)!)).toBe(Math.round((frames.length * 1e6) / FPS))
}

describe('frames by another phiz', () => {
  it('are those of this one over WebSocket, to the byte', async () => {
    const samples = clip.slice(0, 0.7 * RATE)
    const video = await videoOf({ 'video.engine': socketUrl, 'video.quality': 80 })
    expect(video).toMatchObject({ from: 'audio', fps: FPS, width: 128, height: 128 })
    const there = await draw(video, samples)
    const here = await draw(await app.catalogue.video(), samples)
    expect(there.map(({ data }) => Buffer.from(data).toString('base64'))).toEqual(
      here.map(({ data }) => Buffer.from(data).toString('base64')),
    )
    expectExactTimes(there, 0.7)
    expect(timesOf(there)).toEqual(timesOf(here))
    expect(await readdir(media)).toEqual([])
  })

  it('are those of this one over HTTP, to the byte', async () => {
    const samples = clip.slice(0, 0.7 * RATE)
    const there = await draw(await videoOf({ 'video.engine': httpUrl, 'remote.avatar': 'ann' }), samples)
    const manifest = await app.avatars.store.get('ann')
    const avatar = { folder: app.avatars.store.folderOf('ann'), manifest }
    const here = await draw(await app.catalogue.video(avatar), samples)
    expect(there.map(({ data }) => Buffer.from(data).toString('base64'))).toEqual(
      here.map(({ data }) => Buffer.from(data).toString('base64')),
    )
    expectExactTimes(there, 0.7)
    expect(await readdir(media)).toEqual([])
  })

  it.each(['WebSocket', 'HTTP'])('keep to the time of a longer sound in pieces over %s', async (way) => {
    const flags =
      way === 'HTTP' ? { 'video.engine': httpUrl, 'remote.avatar': 'ann' } : { 'video.engine': socketUrl }
    const frames = await draw(await videoOf(flags), clip.slice(0, 2.95 * RATE))
    expectExactTimes(frames, 2.95)
  })

  it('end at once when the turn is cancelled, and leave no file', async () => {
    const video = await videoOf({ 'video.engine': socketUrl })
    const turn = newTurn()
    const drawn = draw(video, clip, turn)
    await expect.poll(() => readdir(media)).not.toEqual([])
    turn.cancel()
    await expect(drawn).rejects.toThrow(CancelledError)
    expect(turn.running).toBe(0)
    expect(await readdir(media)).toEqual([])
  })

  it('are of its own face', async () => {
    const config = resolveConfig({ flags: { 'video.engine': socketUrl } })
    const catalogue = createCatalogue(config, undefined as never)
    const manifest = await app.avatars.store.get('ann')
    await expect(catalogue.video({ folder: '', manifest })).rejects.toThrow(
      /avatar is "ann"; the video server at ws:/,
    )
    const nameless = resolveConfig({ flags: { 'video.engine': httpUrl } })
    expect(() => createCatalogue(nameless, undefined as never)).toThrow(ConfigError)
  })
})

describe('a server that misbehaves', () => {
  let jpeg: Buffer
  beforeAll(async () => {
    jpeg = await sharp({ create: { width: 16, height: 8, channels: 3, background: '#888' } })
      .jpeg()
      .toBuffer()
  })

  function stageFor(server: RemoteServer, isHttp: boolean): Stage<AudioPacket, FramePacket> {
    const painter = isHttp ? musetalkHttp(server, { avatar: 'a', fps: FPS }) : musetalkSocket(server, 80)
    return remoteVideo({ server, painter, mediaDirectory: media, fps: FPS })
  }

  async function fails(script: Script, isHttp = false): Promise<Error> {
    const server = await new ScriptedServer(script).start()
    stops.push(() => server.stop())
    const stage = stageFor(server.remote(isHttp ? 'http' : 'ws', 300), isHttp)
    const error: unknown = await draw(stage, clip).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnavailableError)
    expect(await readdir(media)).toEqual([])
    await expect.poll(() => server.sockets.size).toBe(0)
    return error as Error
  }

  const sockets: [string, (...args: Parameters<NonNullable<Script['socket']>>) => void, RegExp][] = [
    ['is silent', () => undefined, /said nothing for 0\.3 s/],
    ['dies in the middle', (socket) => socket.send(jpeg, () => socket.terminate()), /connection was closed/],
    [
      'refuses',
      (socket) => socket.send('{"error":"音频文件不存在: /x"}'),
      /could not do its work: 音频文件不存在/,
    ],
    [
      'sends what is no picture',
      (socket) => socket.send(Buffer.alloc(99)),
      /protocol: it sent a frame that is no JPEG/,
    ],
    ['sends no JSON', (socket) => socket.send('hello'), /protocol: it sent a message that is none/],
    ['makes nothing', (socket) => socket.send('{"status":"completed","total_frames":0}'), /frames/],
    [
      'draws at another rate',
      (socket) => {
        for (let i = 0; i < 60; i++) socket.send(jpeg)
        socket.send('{"status":"completed"}')
      },
      /more than 14 frames for sound of 14 at 25 a second; video\.fps must be the rate it draws at\.$/,
    ],
    [
      'sends a huge picture',
      (socket) => socket.send(Buffer.alloc(9 * 2 ** 20)),
      /protocol: Max payload size exceeded/,
    ],
  ]
  it.each(sockets)('fails the turn when it %s', async (_title, act, problem) => {
    const error = await fails({ socket: (socket, server) => socket.on('message', () => act(socket, server)) })
    expect(error.message).toMatch(problem)
  })

  const started = '{"status":"success","session_id":"a_1","stream_url":"http://elsewhere/"}'
  const https: [string, NonNullable<Script['http']>, RegExp][] = [
    [
      'knows no such avatar',
      (_request, response) => response.writeHead(404).end('{"detail":"Avatar a not found"}'),
      /HTTP 404, Avatar a not found/,
    ],
    [
      'streams a page',
      (request, response) => response.end(request.method === 'GET' ? '<html>' : started),
      /protocol: its stream is no MJPEG/,
    ],
    [
      'stops streaming',
      (request, response) => {
        if (request.method !== 'GET') response.end(started)
        else {
          response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' })
          response.write(`--frame\r\nContent-Length: ${jpeg.length}\r\n\r\n`)
          response.write(jpeg)
        }
      },
      /said nothing for 0\.3 s/,
    ],
  ]
  it.each(https)('fails the turn when it %s', async (_title, http, problem) => {
    expect((await fails({ http }, true)).message).toMatch(problem)
  })

  it('is made up for when it counts a frame too few', async () => {
    const server = await new ScriptedServer({
      socket: (socket) =>
        socket.on('message', () => {
          for (let i = 0; i < 9; i++) socket.send(jpeg)
          socket.send('{"status":"completed"}')
        }),
    }).start()
    stops.push(() => server.stop())
    const frames = await draw(stageFor(server.remote('ws'), false), clip.slice(0, 0.4 * RATE))
    expectExactTimes(frames, 0.4)
    expect(frames[9]!.data).toEqual(frames[8]!.data)
    expect(frames[0]).toMatchObject({ width: 16, height: 8 })
    expect(server.heard[0]).toMatchObject({ options: { jpeg_quality: 80 } })
  })
})
