/** Motion by another server: phiz's own LAM tap over a real socket, and servers that misbehave. */
import { from } from 'rxjs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readClip } from '../../../../test/media/encode-audio.js'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { CancelledError, UnavailableError } from '../../../errors.js'
import { ScriptedServer, type Script } from '../../../net/fixtures/scripted-server.js'
import { remoteAddress, type RemoteServer } from '../../../net/server.js'
import { BLENDSHAPE_INDEX as B, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { endOf, type AudioPacket, type MotionPacket } from '../../../pipeline/packet.js'
import { runTurn } from '../../../pipeline/run.js'
import type { Stage } from '../../../pipeline/stage.js'
import { samplesToMicroseconds } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import { collect } from '../../../testing/collect.js'
import { createLamTap } from '../../../transports/taps/lam-http/tap.js'
import { openTap } from '../../../transports/taps/open-tap.js'
import { remoteExpression } from './stage.js'

const FPS = 30

let app: App
let url: string
let clip: Float32Array
const ends: (() => Promise<void>)[] = []
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  app = createApp(resolveConfig())
  clip = await readClip('speech-en-3s')
  const onUnexpectedError = (error: unknown): never => {
    throw error
  }
  const tap = createLamTap({ ...app, onUnexpectedError })
  const { port, close } = await openTap(tap, { host: '127.0.0.1', port: 0, sockets: {} })
  url = `http://127.0.0.1:${port}`
  ends.push(close, () => tap.close())
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  for (const end of ends) await end()
  await app[Symbol.asyncDispose]()
})

function remote(timeoutMs = 20_000): RemoteServer {
  return { does: 'expression', address: remoteAddress(url), timeoutMs }
}

function packetsOf(
  samples: Float32Array,
  sampleRate: number,
  more: Partial<AudioPacket> = {},
): AudioPacket[] {
  const packets: AudioPacket[] = []
  const length = Math.round(sampleRate / 10)
  for (let at = 0; at < samples.length; at += length) {
    const piece = samples.slice(at, at + length)
    const timestamp = samplesToMicroseconds(at, sampleRate)
    const duration = samplesToMicroseconds(at + piece.length, sampleRate) - timestamp
    packets.push({ kind: 'audio', turn: 't', timestamp, duration, samples: piece, sampleRate, ...more })
  }
  return packets
}

async function move(
  stage: Stage<AudioPacket, MotionPacket>,
  packets: readonly AudioPacket[],
  turn = new Turn({ id: 't' }),
): Promise<readonly MotionPacket[]> {
  const sink = collect(['motion'])
  await runTurn(from(packets).pipe(stage.open(turn)), [sink], turn)
  return sink.packets as readonly MotionPacket[]
}

async function openSessions(): Promise<unknown> {
  const health = (await (await fetch(`${url}/api/health`)).json()) as { sessions: number }
  return health.sessions
}

describe('motion by another phiz', () => {
  it('is that of this one to a thousandth, but for the end, and closes its session', async () => {
    const packets = packetsOf(clip, 16_000)
    const there = await move(remoteExpression({ server: remote(), fps: FPS, seed: 1 }), packets)
    const here = await move(await app.catalogue.expression(), packets)
    expect(there.map(({ index, timestamp, duration }) => [index, timestamp, duration])).toEqual(
      here.map(({ index, timestamp, duration }) => [index, timestamp, duration]),
    )
    // The mouth of this one comes to rest with the sound; over there nobody knows that it ends.
    const release = Math.ceil(0.4 * FPS)
    let largest = 0
    for (const [i, frame] of here.slice(0, -release).entries()) {
      for (const [channel, weight] of frame.weights.entries()) {
        largest = Math.max(largest, Math.abs(weight - there[i]!.weights[channel]!))
      }
    }
    expect(largest).toBeLessThan(1e-3)
    expect(there.some(({ rotation }) => rotation.some((angle) => angle !== 0))).toBe(true)
    await expect.poll(openSessions).toBe(0)
  })

  it.each([8000, 22_050, 44_100, 48_000])('ends with its sound at %d Hz', async (rate) => {
    const samples = new Float32Array(Math.round(1.2345 * rate))
    const packets = packetsOf(samples, rate)
    const motion = await move(remoteExpression({ server: remote(), fps: FPS, seed: 1 }), packets)
    expect(motion).toHaveLength(Math.ceil(1.2345 * FPS))
    expect(endOf(motion.at(-1)!)).toBe(endOf(packets.at(-1)!))
  })

  it('takes a moment of sound, and none', async () => {
    const stage = remoteExpression({ server: remote(), fps: FPS, seed: 1 })
    expect(await move(stage, packetsOf(new Float32Array(10), 16_000))).toHaveLength(1)
    expect(await move(stage, [])).toEqual([])
  })

  it('shows the emotion of the sound, and the one that was asked for', async () => {
    const silence = new Float32Array(24_000)
    const happy = [1, 0, 0, 0, 0, 0, 0, 0]
    const server = remote()
    const plain = await move(remoteExpression({ server, fps: FPS, seed: 1 }), packetsOf(silence, 16_000))
    const heard = await move(
      remoteExpression({ server, fps: FPS, seed: 1 }),
      packetsOf(silence, 16_000, { emotion: happy }),
    )
    const asked = await move(
      remoteExpression({ server, fps: FPS, seed: 1, emotion: 'happy' }),
      packetsOf(silence, 16_000),
    )
    const smile = (motion: readonly MotionPacket[]): number => motion.at(-1)!.weights[B.mouthSmileLeft]!
    expect(smile(heard)).toBeGreaterThan(smile(plain) + 0.3)
    expect(smile(asked)).toBeGreaterThan(smile(plain) + 0.3)
  })

  it('ends at once when its turn is cancelled, and closes its session', async () => {
    const turn = new Turn({ id: 't' })
    const stage = remoteExpression({ server: remote(), fps: FPS, seed: 1 })
    const sink = collect(['motion'], () => {
      turn.cancel()
    })
    const moved = runTurn(from(packetsOf(clip, 16_000)).pipe(stage.open(turn)), [sink], turn)
    await expect(moved).rejects.toThrow(CancelledError)
    await expect.poll(openSessions).toBe(0)
  })
})

type Http = NonNullable<Script['http']>

/** A LAM server that opens sessions and answers chunks as a test wants. */
function lam(chunk: Http): Http {
  return (request, response, server) => {
    if (request.url === '/api/infer_stream_init') {
      response.end(JSON.stringify({ session_id: 'one', message: '', id_idx: 0 }))
    } else if (request.url === '/api/infer_stream_chunk') {
      request.resume().on('end', () => chunk(request, response, server))
    } else {
      closed += 1
      response.end('{}')
    }
  }
}
let closed = 0

const animation = (frames: number, fields: object = {}): string =>
  JSON.stringify({
    names: BLENDSHAPE_NAMES,
    metadata: { fps: 30, frame_count: frames },
    frames: Array.from({ length: frames }, () => ({
      weights: new Array(52).fill(0.5),
      time: 0,
      rotation: [],
    })),
    ...fields,
  })

describe('a server that misbehaves', () => {
  const failing: [string, Http, RegExp][] = [
    ['is silent', lam(() => undefined), /said nothing for 0\.3 s/],
    [
      'dies in the middle',
      lam((request) => request.socket.destroy()),
      /does not answer: the connection broke/,
    ],
    [
      'loses the session',
      lam((_request, response) => response.writeHead(404).end('{"detail":"Session not found"}')),
      /refused: HTTP 404, Session not found$/,
    ],
    ['is not ready', (_request, response) => response.writeHead(503).end(), /refused: HTTP 503\.$/],
    [
      'sends one away',
      (_request, response) => response.writeHead(307, { location: 'http://elsewhere/' }).end(),
      /HTTP 307, a redirect to http:\/\/elsewhere\/; name that address/,
    ],
    [
      'answers with a page',
      lam((_request, response) => response.end('<html>')),
      /protocol: its answer .* is no JSON/,
    ],
    [
      'knows other weights',
      lam((_request, response) => response.end(animation(1, { frames: [{ weights: [1, 2] }] }))),
      /protocol: in its answer .* frames\.0\.weights/,
    ],
    [
      'makes other frames',
      lam((_request, response) => response.end(animation(15, { metadata: { fps: 25 } }))),
      /makes 25 frames a second; the line needs 30/,
    ],
    [
      'never ends its answer',
      lam((_request, response) => {
        const more = (): void => {
          if (!response.destroyed) response.write(Buffer.alloc(2 ** 20), more)
        }
        more()
      }),
      /protocol: its answer is larger than/,
    ],
    ['makes nothing', lam((_request, response) => response.end(animation(0))), /protocol: it made no frames/],
  ]
  it.each(failing)('fails the turn when it %s', async (_title, http, problem) => {
    const server = await new ScriptedServer({ http }).start()
    stops.push(() => server.stop())
    const stage = remoteExpression({ server: server.remote('http', 300), fps: FPS, seed: 1 })
    const error: unknown = await move(stage, packetsOf(clip, 16_000)).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnavailableError)
    expect((error as Error).message).toMatch(problem)
  })

  it('is held to the sound when it counts too much, and made up for when it counts too little', async () => {
    for (const frames of [40, 5]) {
      closed = 0
      const http = lam((_request, response) => response.end(animation(frames)))
      const server = await new ScriptedServer({ http }).start()
      stops.push(() => server.stop())
      const stage = remoteExpression({ server: server.remote('http'), fps: FPS, seed: 1 })
      const motion = await move(stage, packetsOf(new Float32Array(16_000), 16_000))
      expect(motion.map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, i) => i))
      expect(closed).toBe(1)
    }
  })
})
