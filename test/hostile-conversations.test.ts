/**
 * Clients of conversations that die, stall, flood, send garbage or a hundred megabytes, against a real server: whoever
 * converses beside them hears and sees what they would have alone, and nothing is left of the others.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { connectConverse, type ConverseClient, type WirePacket } from '../src/client/index.js'
import { servePhiz, type Served } from './clients/serve.js'
import { Answers } from './hostile/answers.js'
import { breakConnections, sendHostileMessages } from './hostile/attack-socket.js'
import { Chance } from './hostile/chance.js'
import { usageOf } from './hostile/usage.js'
import { closing } from './hostile/waiting.js'

const WORDS = 'One, two, three, four, five.'
/** Minutes of speech, of which nobody hears more than the first seconds. */
const LONG =
  'This is a sentence of a speech that takes much longer than anybody here will listen to it. '.repeat(100)
const CLIENTS = 10
const MESSAGES = 9_000
const BROKEN = 1_000
const MOST_DESCRIPTORS_MORE = 8
const MOST_BYTES_MORE = 128 * 2 ** 20
const PATIENCE_MS = 300_000

let folder: string
let server: Served
let address: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-converse-'))
  server = await servePhiz(folder, {
    environment: {
      PHIZ_SPEECH_ENGINE: 'espeak',
      PHIZ_CONVERSE_MAX_CONVERSATIONS: '1000',
      PHIZ_CONVERSE_RESUME_SECONDS: '1',
    },
  })
  address = `${server.gateway.replace('http', 'ws')}/v1/converse`
})
afterAll(async () => {
  // Whatever clients send, it is not the server's own error.
  expect(await server.stop()).toMatchObject({ code: 0, err: '' })
  await rm(folder, { recursive: true })
})

/** A turn as its client had it. */
interface Turn {
  /** Of sound. */
  readonly seconds: number
  readonly frames: number
  readonly motions: number
  /** Packets that were not the next of their kind. */
  readonly outOfOrder: number
}

/** Has the same words spoken, and looks at everything that comes. */
async function converse(client: ConverseClient): Promise<Turn> {
  const { sampleRate } = client.session.audio
  let samples = 0
  const next = { audio: 0, frame: 0, motion: 0 }
  let outOfOrder = 0
  const take = (packet: WirePacket): void => {
    if (packet.turn === 0) return
    if (packet.kind === 'audio') {
      samples += packet.samples.length
      if (packet.timestamp !== next.audio) outOfOrder += 1
      next.audio = packet.timestamp + packet.duration
    } else if (packet.kind === 'frame' || packet.kind === 'motion') {
      if (packet.index !== next[packet.kind]) outOfOrder += 1
      next[packet.kind] = packet.index + 1
    }
  }
  const leaves: (() => void)[] = [client.on('packet', take)]
  try {
    await new Promise<void>((resolve, reject) => {
      leaves.push(
        client.on('turn-end', ({ error }) => {
          if (error === undefined) resolve()
          else reject(new Error(error.message))
        }),
        client.on('turn-cancel', () => {
          reject(new Error('The turn was cut short.'))
        }),
        client.on('error', ({ message }) => {
          reject(new Error(message))
        }),
        client.on('lost', (code) => {
          reject(new Error(`The connection was lost with ${code}.`))
        }),
      )
      client.say(WORDS)
    })
  } finally {
    for (const leave of leaves) leave()
  }
  return {
    seconds: samples / sampleRate,
    frames: next.frame,
    motions: next.motion,
    outOfOrder,
  }
}

/** The voice breathes a little differently each time: a turn may be a picture longer or shorter. */
function expectLike(one: Turn, other: Turn): void {
  expect(other.outOfOrder).toBe(0)
  expect(Math.abs(other.seconds - one.seconds)).toBeLessThan(0.05)
  expect(Math.abs(other.frames - one.frames)).toBeLessThanOrEqual(2)
  expect(Math.abs(other.motions - one.motions)).toBeLessThanOrEqual(2)
}

/** Converses while others attack, and expects to notice nothing; then looks at what the server holds. */
async function unnoticed(attack: () => Promise<void>): Promise<void> {
  const client = await connectConverse({ url: address, WebSocket })
  const alone = await converse(client)
  expect(alone).toMatchObject({ outOfOrder: 0 })
  expect(alone.frames).toBeGreaterThan(25)
  const before = await usageOf(server.gateway)
  const attacking = new AbortController()
  const attacked = attack().finally(() => {
    attacking.abort()
  })
  // Its failure is reported where it is awaited.
  attacked.catch(() => undefined)
  do expectLike(alone, await converse(client))
  while (!attacking.signal.aborted)
  await attacked
  const { residentBytes } = await usageOf(server.gateway)
  expect(residentBytes - before.residentBytes).toBeLessThan(MOST_BYTES_MORE)
  const left = async (): Promise<boolean> => {
    const { turns, descriptors } = await usageOf(server.gateway)
    return turns > 0 || descriptors > before.descriptors + MOST_DESCRIPTORS_MORE
  }
  await expect.poll(left, { timeout: 30_000 }).toBe(false)
  expectLike(alone, await converse(client))
  client.close()
}

/** Others that have asked for much and are being served. */
async function demanding(): Promise<WebSocket[]> {
  return Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const socket = new WebSocket(address)
      await once(socket, 'message')
      socket.send(JSON.stringify({ type: 'say', text: LONG }))
      await new Promise<void>((resolve) => {
        socket.on('message', (_, isBinary) => {
          if (isBinary) resolve()
        })
      })
      return socket
    }),
  )
}

describe('beside a conversation', () => {
  it(
    'clients die in the middle of a word',
    () =>
      unnoticed(async () => {
        for (const socket of await demanding()) socket.terminate()
      }),
    PATIENCE_MS,
  )

  it(
    'clients stop reading',
    () =>
      unnoticed(async () => {
        const sockets = await demanding()
        for (const socket of sockets) socket.pause()
        const talker = await connectConverse({ url: address, WebSocket })
        for (let turn = 0; turn < 3; turn += 1) await converse(talker)
        talker.close()
        for (const socket of sockets) socket.terminate()
      }),
    PATIENCE_MS,
  )

  it(
    'ten thousand messages are nonsense, or no messages at all',
    () =>
      unnoticed(async () => {
        const answers = new Answers([folder])
        const service = {
          honest: [
            { type: 'say', text: 'One.' },
            { type: 'ask', text: 'Who are you?' },
            { type: 'interrupt' },
            { type: 'playhead', turn: 1, timestamp: 0 },
            { type: 'set', avatar: null, voice: { rate: 1.2 }, emotion: 'happy', quality: 70, fps: 25 },
            { type: 'set', streams: ['audio', 'frames'], size: 128, idle: true },
            { type: 'record', action: 'stop' },
          ],
          fields: [
            ...['type', 'text', 'turn', 'timestamp', 'avatar', 'voice', 'emotion', 'quality', 'fps', 'size'],
            ...['streams', 'idle', 'action', 'session', 'token'],
          ],
          closing: [{ type: 'interrupt' }, { type: 'last' }],
        }
        const chance = new Chance(8080)
        await sendHostileMessages(address, service, { count: MESSAGES, chance, answers })
        await breakConnections(address, { count: BROKEN, chance })
        expect(answers.indiscreet).toEqual([])
        expect(answers.count).toBeGreaterThan(MESSAGES / 10)
      }),
    PATIENCE_MS,
  )

  it(
    'somebody sends a hundred megabytes, at once and in pieces',
    () =>
      unnoticed(async () => {
        const large = new WebSocket(address)
        large.on('error', () => undefined)
        const gone = closing(large)
        await once(large, 'message')
        large.send(Buffer.alloc(100 * 2 ** 20))
        await gone
        const pieces = new WebSocket(address)
        await once(pieces, 'message')
        // Each is refused: it is no packet.
        for (let sent = 0; sent < 400; sent += 1) pieces.send(Buffer.alloc(2 ** 18, 7))
        pieces.send('{"type":"last"}')
        await new Promise<void>((resolve) => {
          pieces.on('message', (data: Buffer) => {
            if (data.toString().includes('last')) resolve()
          })
        })
        pieces.terminate()
      }),
    PATIENCE_MS,
  )
})
