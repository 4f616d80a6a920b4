/** Clients that mean harm, or do not care: over real sockets, with stages that make large frames in no time. */
import { once } from 'node:events'
import type { Socket as NetworkSocket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { map } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { FramePacket, MotionPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import type { AvatarServices } from '../../../stages/avatar/job.js'
import type { Catalogue } from '../../../stages/catalogue.js'
import { fakeExpression, fakeLog, fakeVideo, type FakeLog } from '../../../testing/fake-stages.js'
import { listen } from '../../listen.js'
import { attachSockets } from '../../socket.js'
import { createMusetalkTap } from './tap.js'

const speech = fileURLToPath(new URL('../../../../test/media/speech-en-7s.wav', import.meta.url))
const FRAME_BYTES = 1 << 20

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function largeFrames(log: FakeLog): Stage<MotionPacket, FramePacket> {
  const video = fakeVideo({ log })
  const data = new Uint8Array(FRAME_BYTES)
  return {
    ...video,
    open: (turn) => (source) =>
      source.pipe(
        video.open(turn),
        map((frame) => ({ ...frame, data })),
      ),
  }
}

function fakeCatalogue(log: FakeLog, release: Catalogue['release']): Catalogue {
  const unused = (): never => {
    throw new Error('not a part of this test')
  }
  return {
    film: unused,
    liveVideo: unused,
    idle: unused,
    live: { motion: false, frames: false },
    separation: unused,
    release,
    recordedStyle: unused,
    engines: { speech: 'none', expression: 'fake', video: 'fake' },
    segment: unused,
    speech: unused,
    expression: () => Promise.resolve(fakeExpression()),
    video: () => Promise.resolve({ from: 'motion', stage: largeFrames(log), fps: 30, width: 0, height: 0 }),
  }
}

async function serve(release: Catalogue['release'] = () => Promise.resolve()) {
  const unexpected: unknown[] = []
  const log = fakeLog()
  let live = 0
  const tap = createMusetalkTap(
    {
      catalogue: fakeCatalogue(log, release),
      avatars: {} as AvatarServices,
      telemetry: (event) => {
        if (event.type === 'turn-start') live += 1
        if (event.type === 'turn-end') live -= 1
      },
      onUnexpectedError: (error) => unexpected.push(error),
    },
    { pace: 'unlimited', mediaRoots: 'anything' },
  )
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    title: tap.title,
    fetch: () => new Response(),
  })
  const network: NetworkSocket[] = []
  listening.server.on('connection', (socket) => network.push(socket))
  const sockets = attachSockets(listening.server, tap.sockets!, {
    onUnexpectedError: (error) => unexpected.push(error),
  })
  closers.push(async () => {
    await sockets.close()
    await listening.close()
  })
  return { url: `ws://127.0.0.1:${listening.port}`, network, log, unexpected, live: () => live }
}

async function open(url: string): Promise<WebSocket> {
  const client = new WebSocket(url)
  client.on('error', () => {})
  closers.push(() => {
    client.terminate()
  })
  await once(client, 'open')
  return client
}

/** Frames that a fresh client gets before it is told of the completion. */
async function play(url: string): Promise<number> {
  const client = await open(url)
  let frames = 0
  client.on('message', (_, isBinary) => {
    if (isBinary) frames += 1
  })
  client.send(JSON.stringify({ audio_path: speech }))
  await once(client, 'close')
  return frames
}

describe('the MuseTalk WebSocket, ill-treated', () => {
  it('holds next to nothing for twenty clients that do not read, and serves another meanwhile', async () => {
    const { url, network, log, unexpected, live } = await serve()
    const stuck = await Promise.all(Array.from({ length: 20 }, () => open(url)))
    for (const client of stuck) {
      client.send(JSON.stringify({ audio_path: speech, options: { batch_send: true } }))
      client.pause()
    }
    // Nothing moves any more: what is made is what the kernel took and what the flow windows hold.
    let before = -1
    await expect
      .poll(
        () => {
          const still = live() === 20 && log.made === before
          before = log.made
          return still
        },
        { interval: 300, timeout: 20_000 },
      )
      .toBe(true)
    // Of more than 200 frames a client: 2 s of window, a burst, and the kernel's buffers.
    expect(log.made / 20).toBeLessThan(100)
    for (const socket of network) expect(socket.writableLength).toBeLessThan(2 * FRAME_BYTES)

    expect(await play(url)).toBeGreaterThan(200)
    for (const client of stuck) client.terminate()
    await expect.poll(() => live()).toBe(0)
    expect(unexpected).toEqual([])
  })
  it('answers a stop also where the memory could not be given back', async () => {
    const broken = new Error('The graph is of cheese.')
    const { url, unexpected } = await serve(() => Promise.reject(broken))
    const client = await open(url)
    const told: string[] = []
    client.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) told.push((JSON.parse(data.toString()) as { status: string }).status)
      else if (!told.includes('playing')) {
        told.push('playing')
        client.send(JSON.stringify({ action: 'stop' }))
      }
    })
    client.send(JSON.stringify({ audio_path: speech }))
    while (!told.includes('stopped_mid_process')) await once(client, 'message')
    expect(told.slice(-2)).toEqual(['stopped', 'stopped_mid_process'])
    expect(unexpected).toEqual([broken])
    client.send(JSON.stringify({ action: 'stop' }))
    while (told.filter((status) => status === 'stopped').length < 2) await once(client, 'message')
    expect(unexpected).toEqual([broken, broken])
  })
})
