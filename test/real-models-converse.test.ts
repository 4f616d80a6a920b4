/** Conversations with LAM-A2E and MuseTalk behind them, over a real connection. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { WebSocket } from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectConverse } from '../src/client/client.js'
import type { ServerEvent, WireFrame } from '../src/client/protocol.js'
import { createAvatar } from '../src/stages/avatar/create.js'
import { frameFile } from '../src/stages/avatar/files.js'
import { loopFrame } from '../src/stages/video/portrait/footage/loop.js'
import { isEnd, PATIENCE } from '../src/transports/converse/fixtures/each-test.js'
import { serveConversations, type Served, type Talker } from '../src/transports/converse/fixtures/served.js'
import { filmPortrait } from './media/film-portrait.js'
import { difference, FPS, realLine, SIZE, type RealLine } from './real-models.js'

/** Frames of the filmed face. */
const COUNT = 16
/** Its width in pixels. */
const WIDTH = 320

let line: RealLine
let footage: Uint8Array[]
beforeAll(async () => {
  line = await realLine()
  const path = join(line.folder, 'film.mp4')
  // Each frame can be told from its neighbours.
  const shots = Array.from({ length: COUNT }, (_, t) => ({ x: 130 + 4 * t, y: 120, scale: 1.2 }))
  await filmPortrait(path, { width: WIDTH, height: 240, fps: FPS, shots })
  const { avatars } = line
  const signal = new AbortController().signal
  const { revision } = await createAvatar(
    avatars,
    { id: 'film', source: { kind: 'video', path } },
    { signal },
  )
  const folder = join(avatars.store.folderOf('film'), revision)
  footage = await Promise.all(
    Array.from({ length: COUNT }, (_, index) => readFile(join(folder, frameFile(index)))),
  )
})
afterAll(() => line[Symbol.asyncDispose]())

let served: Served
afterEach(async () => {
  await served.close()
  expect(served.unexpected).toEqual([])
})

async function serve(): Promise<Served> {
  served = await serveConversations(line.catalogue, { avatars: line.avatars, resumeSeconds: 0.1 })
  return served
}

async function talk(): Promise<Talker> {
  return (await serve()).talk()
}

/** Resolves when what has come makes it true. */
async function until(talker: Talker, isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await talker.next()
}

const isCancel = ({ type }: ServerEvent): boolean => type === 'turn-cancel'

/** Speaks a silence of this many frames, whose pictures are the footage's own, and gives those. */
async function standStill(talker: Talker, turn: number, frames: number): Promise<WireFrame[]> {
  talker.client.sendSpeech(new Float32Array((frames * 16_000) / FPS), 16_000)
  talker.client.endSpeech(16_000)
  expect(await talker.until(isEnd(turn))).not.toHaveProperty('error')
  return talker.packets('frame', turn)
}

/** Which frame of the footage each picture shows. */
async function places(frames: readonly WireFrame[]): Promise<number[]> {
  const found: number[] = []
  for (const { jpeg } of frames) {
    const differences = await Promise.all(footage.map((own) => difference(own, jpeg)))
    found.push(differences.indexOf(Math.min(...differences)))
  }
  return found
}

/** The widths of pictures, each once. */
async function widths(frames: readonly WireFrame[]): Promise<number[]> {
  const found = await Promise.all(frames.map(async ({ jpeg }) => (await sharp(jpeg).metadata()).width))
  return [...new Set(found)]
}

describe('a conversation', () => {
  it('gives sound, motion and pictures in order and of one length', async () => {
    const talker = await talk()
    expect(talker.client.session.engines).toMatchObject({
      expression: expect.stringMatching(/^lam \(random weights/) as string,
      video: expect.stringMatching(/^musetalk \(random weights/) as string,
    })
    talker.client.say('Hello. 你好。')
    expect(await talker.until(isEnd(1))).not.toHaveProperty('error')
    const [sound, motion, frames] = [
      talker.packets('audio'),
      talker.packets('motion'),
      talker.packets('frame'),
    ]
    const last = sound.at(-1)!
    const seconds = (last.timestamp + last.duration) / 1e6
    for (const [packets, fps] of [
      [motion, 30],
      [frames, FPS],
    ] as const) {
      expect(packets).toHaveLength(Math.ceil(seconds * fps - 1e-6))
      expect(packets.map(({ index }) => index)).toEqual(packets.map((_, index) => index))
      expect(packets.map(({ timestamp }) => timestamp)).toEqual(
        packets.map((_, index) => Math.round((index * 1e6) / fps)),
      )
    }
    expect(await widths(frames)).toEqual([SIZE])
  })

  it('is silent when it is interrupted, and can be spoken with again', async () => {
    const talker = await talk()
    talker.client.say('This sentence is said again and again. '.repeat(20))
    await until(talker, () => talker.packets('frame', 1).length > 0)
    talker.client.interrupt()
    await talker.until(isCancel)
    const count = talker.received.length
    talker.client.say('Hello.')
    expect(await talker.until(isEnd(2))).not.toHaveProperty('error')
    const after = talker.received.slice(count).filter((item) => 'kind' in item)
    expect(after.every(({ turn }) => turn === 2)).toBe(true)
    expect(talker.packets('frame', 2).length).toBeGreaterThan(5)
    // What is still being drawn for a turn that is over may end after the next.
    await expect.poll(() => [...served.outcomes].sort(), PATIENCE).toEqual(['cancelled', 'completed'])
  })

  it('changes the face at the next turn, whose footage goes on from turn to turn', async () => {
    const talker = await talk()
    talker.client.set({ avatar: 'film', idle: false })
    const change = await talker.until(({ type }) => type === 'setting-change')
    expect(change).toMatchObject({ settings: { avatar: 'film' }, effect: { avatar: 'next-turn' } })
    const first = await standStill(talker, 1, 10)
    talker.client.playhead(1, 400_000)
    const frames = [...first, ...(await standStill(talker, 2, 10))]
    expect(await widths(frames)).toEqual([WIDTH])
    expect(await places(frames)).toEqual(frames.map((_, index) => loopFrame(index / FPS, FPS, COUNT)))
    talker.client.set({ avatar: null })
    const drawn = await standStill(talker, 3, 2)
    expect(await widths(drawn)).toEqual([SIZE])
  })

  it('lives on between turns in its footage, and speaks on from there', async () => {
    const talker = await talk()
    talker.client.set({ avatar: 'film' })
    await talker.until(({ type }) => type === 'setting-change')
    talker.client.set({ idle: true })
    await until(talker, () => talker.packets('frame', 0).length >= 5)
    const idle = talker.packets('frame', 0)
    expect(await places(idle)).toEqual(idle.map(({ timestamp }) => loopFrame(timestamp / 1e6, FPS, COUNT)))
    talker.client.say('Hello.')
    expect(await talker.until(isEnd(1))).not.toHaveProperty('error')
    expect(talker.packets('frame', 1).length).toBeGreaterThan(5)
    const before = talker.packets('frame', 0).length
    await until(talker, () => talker.packets('frame', 0).length > before)
  })

  it('is one of two, and each gets all of its own', async () => {
    const talkers = [await talk(), await served.talk()]
    for (const [n, talker] of talkers.entries())
      talker.client.say(n === 0 ? 'Hello.' : 'Hello there, you two.')
    const counts: number[] = []
    for (const talker of talkers) {
      expect(await talker.until(isEnd(1))).not.toHaveProperty('error')
      const last = talker.packets('audio').at(-1)!
      const frames = talker.packets('frame')
      expect(frames).toHaveLength(Math.ceil(((last.timestamp + last.duration) / 1e6) * FPS - 1e-6))
      counts.push(frames.length)
    }
    expect(counts[0]).toBeLessThan(counts[1]!)
  })

  it('leaves nothing running when its client dies in the middle', async () => {
    const { url } = await serve()
    // It does not come back.
    const client = await connectConverse({ url, WebSocket, resume: false })
    const gotFrame = new Promise<void>((resolve) => {
      client.on('packet', ({ kind }) => {
        if (kind === 'frame') resolve()
      })
    })
    client.say('This sentence is said again and again. '.repeat(20))
    await gotFrame
    // Nobody gets back what a turn uses.
    await line.catalogue.release()
    expect([...line.alive]).toEqual(expect.arrayContaining(['musetalk-ears', 'musetalk-face']))
    served.breakConnections()
    await expect.poll(() => served.outcomes, PATIENCE).toEqual(['cancelled'])
    const loaded = async (): Promise<string[]> => {
      await line.catalogue.release()
      return [...line.alive].filter((id) => /^musetalk-(face|ears)$/.test(id))
    }
    await expect.poll(loaded, PATIENCE).toEqual([])
    const talker = await served.talk()
    talker.client.say('Hello.')
    expect(await talker.until(isEnd(1))).not.toHaveProperty('error')
    expect(talker.packets('frame').length).toBeGreaterThan(5)
  })
})
