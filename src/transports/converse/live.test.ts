import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApp, type App } from '../../app.js'
import type { ServerEvent, WireAudio, WireFrame, WireMotion, WirePacket } from '../../client/protocol.js'
import { configSchema } from '../../config/schema.js'
import { serveConversations, type Served, type Talker } from './fixtures/served.js'

const SIZE = 128
/** Several clauses: much longer than the two seconds that are made ahead. */
const LONG = Array.from({ length: 4 }, () => 'This is a sentence that takes some time to be said.').join(' ')

let app: App
let served: Served

beforeAll(() => {
  app = createApp(
    configSchema.parse({ speech: { engine: 'espeak' }, video: { size: SIZE, workers: 2, fps: 25 } }),
  )
})

afterAll(async () => {
  await app[Symbol.asyncDispose]()
})

beforeEach(async () => {
  served = await serveConversations(app.catalogue)
})

afterEach(async () => {
  await served.close()
  expect(served.unexpected).toEqual([])
})

const isEnd = (event: ServerEvent): boolean => event.type === 'turn-end'
const isChange = (event: ServerEvent): boolean => event.type === 'setting-change'
const endOf = ({ timestamp, duration }: WirePacket): number => timestamp + duration

/** Begins a long turn, and holds it at the two seconds that are made ahead of a player who has not begun. */
async function holdInTurn(talker: Talker): Promise<void> {
  talker.client.say(LONG)
  talker.client.playhead(1, 0)
  await until(() => talker.packets('audio').some((packet) => endOf(packet) > 1_500_000))
}

/** Plays the turn to its end, a second behind the packets of a kind that have come: none is too late to be made. */
async function playOn(talker: Talker, kind: 'audio' | 'frame'): Promise<ServerEvent> {
  const play = (): void => {
    const last = talker.packets(kind, 1).at(-1)
    if (last !== undefined) talker.client.playhead(1, Math.max(0, endOf(last) - 1_000_000))
  }
  const stop = talker.client.on('packet', play)
  play()
  try {
    return await talker.until(isEnd)
  } finally {
    stop()
  }
}

/** Changes settings in the middle of the turn, and lets it go on. */
async function changeAndGoOn(
  talker: Talker,
  change: Parameters<Talker['client']['set']>[0],
): Promise<ServerEvent> {
  talker.client.set(change)
  const answer = await talker.until(isChange)
  expect(await playOn(talker, 'frame')).not.toHaveProperty('error')
  return answer
}

async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await sleep(5)
}

function expectUnbroken(frames: readonly WireFrame[]): void {
  for (const [i, frame] of frames.slice(1).entries()) {
    expect(frame.timestamp).toBe(endOf(frames[i]!))
    expect(frame.index).toBe(frames[i]!.index + 1)
  }
}

async function widthOf({ jpeg }: WireFrame): Promise<number> {
  return (await sharp(jpeg).metadata()).width
}

describe('a change in the middle of a turn', () => {
  it('of size, quality and rate shows in the same turn, without a gap', async () => {
    const talker = await served.talk()
    await holdInTurn(talker)
    const answer = await changeAndGoOn(talker, { size: 192, quality: 20, fps: 12 })
    expect(answer).toMatchObject({
      settings: { size: 192, quality: 20, fps: 12 },
      effect: { size: 'next-packet', quality: 'next-packet', fps: 'next-packet' },
    })
    const frames = talker.packets('frame')
    expectUnbroken(frames)
    expect([frames[0]!.timestamp, frames[0]!.duration, await widthOf(frames[0]!)]).toEqual([0, 40_000, SIZE])
    const last = frames.at(-1)!
    expect(await widthOf(last)).toBe(192)
    expect(last.duration).toBeGreaterThan(83_000)
    expect(Math.abs(endOf(last) - endOf(talker.packets('audio').at(-1)!))).toBeLessThan(84_000)
  })

  it('of streams begins and ends them where it comes; pictures that nobody wants are not drawn', async () => {
    const talker = await served.talk()
    talker.client.set({ streams: ['audio', 'motion'] })
    await talker.until(isChange)
    await holdInTurn(talker)
    await until(() => talker.packets('motion').some((packet) => endOf(packet) > 1_000_000))
    expect(talker.packets('frame')).toEqual([])
    talker.client.set({ streams: ['audio', 'frames'] })
    talker.client.playhead(1, 700_000)
    await until(() => talker.packets('frame').length > 5)
    talker.client.set({ streams: ['audio', 'motion'] })
    await playOn(talker, 'audio')
    const audio: readonly WireAudio[] = talker.packets('audio')
    const frames = talker.packets('frame')
    expectUnbroken(frames)
    expect(frames[0]!.timestamp).toBeGreaterThan(900_000)
    expect(endOf(frames.at(-1)!)).toBeLessThan(endOf(audio.at(-1)!) - 500_000)
    for (const [i, packet] of audio.slice(1).entries()) {
      expect(packet.timestamp).toBe(endOf(audio[i]!))
    }
    expect(Math.abs(endOf(talker.packets('motion').at(-1)!) - endOf(audio.at(-1)!))).toBeLessThanOrEqual(1)
  })

  it('of the emotion shows on the face, though voices do not know it', async () => {
    const talker = await served.talk()
    await holdInTurn(talker)
    const answer = await changeAndGoOn(talker, { emotion: 'contempt' })
    expect(answer).toMatchObject({ effect: { emotion: 'next-clause' } })
    const dimple = talker.client.session.motion.names.indexOf('mouthDimpleLeft')
    const [first, last] = [talker.packets('motion')[0]!, talker.packets('motion').at(-1)!]
    expect(last.weights[dimple]! - first.weights[dimple]!).toBeGreaterThan(0.2)
  })
})

describe('a face between turns', () => {
  it('lives on, and speaks as the same life', async () => {
    const talker = await served.talk()
    talker.client.set({ idle: true })
    const atRest = (kind: 'motion' | 'frame', from = 0): number =>
      talker.packets(kind, 0).filter((packet: WireMotion | WireFrame) => packet.timestamp >= from).length
    await until(() => atRest('motion') > 4 && atRest('frame') > 4)
    talker.client.say('Hello.')
    await talker.until(isEnd)
    const start = talker.received.findIndex((item) => 'type' in item && item.type === 'turn-start')
    const before = talker.received
      .slice(0, start)
      .findLast((item): item is WireMotion => 'kind' in item && item.kind === 'motion')!
    const spoken = talker.packets('motion', 1)
    await until(() => atRest('frame', endOf(before)) > 4)
    const after = talker.packets('motion', 0).filter(({ timestamp }) => timestamp >= endOf(before))
    // The head turns by no more than it can in a few frames.
    const turned = (a: WireMotion, b: WireMotion): number =>
      Math.max(...a.rotation.map((angle, axis) => Math.abs(angle - b.rotation[axis]!)))
    expect(turned(before, spoken[0]!)).toBeLessThan(0.03)
    expect(turned(spoken.at(-1)!, after[0]!)).toBeLessThan(0.03)
    expect(after[0]!.timestamp).toBeGreaterThanOrEqual(endOf(before) + endOf(spoken.at(-1)!))
    const all = talker.packets('motion', 0)
    for (const [i, packet] of all.slice(1).entries()) {
      expect(packet.timestamp).toBeGreaterThanOrEqual(endOf(all[i]!))
    }
  })
})
