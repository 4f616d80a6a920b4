import { fileURLToPath } from 'node:url'
import { from, lastValueFrom, Subject, toArray, type Observable } from 'rxjs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Life } from '../../life.js'
import type { FramePacket, GapPacket, MotionPacket } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import { framesToMicroseconds } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import { createWorkerEngine } from '../../../runtime/worker-engine.js'
import { portraitModel } from './model.js'
import { livePortraitStage, portraitStage, type PortraitEngine, type PortraitLook } from './stage.js'
import { framedSubject } from './subject.js'

const models = fileURLToPath(new URL('../../../../models', import.meta.url))

let engine: PortraitEngine

beforeAll(async () => {
  const ready = { subject: { kind: 'built-in', size: 96 } } as const
  engine = await createWorkerEngine(portraitModel(models, { ready, workers: 2 }), { device: { kind: 'cpu' } })
})

afterAll(async () => {
  await engine.dispose()
})

function motion(count: number): MotionPacket[] {
  return Array.from({ length: count }, (_, index) => {
    const timestamp = framesToMicroseconds(index, 30)
    return {
      kind: 'motion',
      turn: 't',
      index,
      timestamp,
      duration: framesToMicroseconds(index + 1, 30) - timestamp,
      weights: new Float32Array(52).fill((index % 7) / 10),
      rotation: [0, Math.sin(index / 5) / 10, 0],
    }
  })
}

function lookOf(size: number, change: Partial<PortraitLook> = {}): PortraitLook {
  return { ...framedSubject(undefined, size), fps: 30, quality: 80, ...change }
}

type Out = FramePacket | GapPacket

/** A turn whose motion is given one by one, each when all that came of those before has left. */
async function play(
  out$: (motion$: Observable<MotionPacket>) => Observable<Out>,
  packets: readonly MotionPacket[],
  before: (index: number, packets: readonly Out[]) => void,
): Promise<Out[]> {
  const source = new Subject<MotionPacket>()
  const received: Out[] = []
  let wake = (): void => undefined
  const end = new Promise<void>((resolve, reject) => {
    out$(source).subscribe({
      next: (packet) => {
        received.push(packet)
        wake()
      },
      error: reject,
      complete: resolve,
    })
  })
  for (const packet of packets) {
    before(packet.index, received)
    const count = received.length
    source.next(packet)
    if (received.length === count) await Promise.race([end, new Promise<void>((go) => (wake = go))])
  }
  source.complete()
  await end
  return received
}

function expectWhole(packets: readonly Out[]): void {
  expect(packets[0]!.timestamp).toBe(0)
  for (const [i, { timestamp, duration }] of packets.slice(1).entries()) {
    expect(timestamp).toBe(packets[i]!.timestamp + packets[i]!.duration)
    expect(duration).toBeGreaterThan(0)
  }
}

const framesOf = (packets: readonly Out[]): FramePacket[] => packets.filter((one) => one.kind === 'frame')

describe('a portrait whose look changes', () => {
  it('gives the same pictures as a fixed one while it does not', async () => {
    const look = lookOf(96)
    const run = async (stage: Stage<MotionPacket, Out>): Promise<Out[]> => {
      const turn = new Turn({ id: 't' })
      const packets = await lastValueFrom(from(motion(12)).pipe(stage.open(turn), toArray()))
      await turn.ended()
      return packets
    }
    const life = new Life()
    const live = livePortraitStage({ engine, look: () => look, zeroOf: (turn) => life.zeroOf(turn) })
    expect(await run(live)).toEqual(await run(portraitStage({ engine, ...look })))
  })

  it('packs each frame with the quality of its moment', async () => {
    let quality = 90
    const turn = new Turn({ id: 't' })
    const stage = livePortraitStage({ engine, look: () => lookOf(96, { quality }) })
    const packets = await play(stage.open(turn), motion(10), (index) => {
      quality = index < 5 ? 90 : 10
    })
    const sizes = framesOf(packets).map(({ data }) => data.length)
    expect(Math.min(...sizes.slice(0, 5))).toBeGreaterThan(2 * Math.max(...sizes.slice(5)))
    await turn.ended()
  })

  it('changes its size when the new one is ready, without a frame too few or too many', async () => {
    let size = 96
    const turn = new Turn({ id: 't' })
    const stage = livePortraitStage({ engine, look: () => lookOf(size) })
    const changed = new Set<number>()
    const packets = await play(stage.open(turn), motion(200), (index, received) => {
      if (index === 3) size = 160
      const last = received.at(-1)
      if (last?.kind === 'frame') changed.add(last.width)
    })
    expectWhole(packets)
    expect(packets).toHaveLength(200)
    const frames = framesOf(packets)
    expect(frames.map(({ index }) => index)).toEqual(frames.map((_, i) => i))
    expect([...changed]).toEqual([96, 160])
    const at = frames.findIndex(({ width }) => width === 160)
    expect(frames.every(({ width, height }, i) => width === (i < at ? 96 : 160) && height === width)).toBe(
      true,
    )
    for (const { data, width } of [frames[at - 1]!, frames[at]!]) {
      expect(await sharp(data).metadata()).toMatchObject({ width, height: width })
    }
    await turn.ended()
  })

  it('follows the rate, and pictures stay on their moments', async () => {
    let fps = 30
    const turn = new Turn({ id: 't' })
    const stage = livePortraitStage({ engine, look: () => lookOf(96, { fps }) })
    const packets = await play(stage.open(turn), motion(60), (index) => {
      fps = index < 20 ? 30 : 60
    })
    expectWhole(packets)
    expect(packets.length).toBeGreaterThanOrEqual(95)
    expect(packets.at(-1)!.timestamp + packets.at(-1)!.duration).toBe(2_000_000)
    await turn.ended()
  })

  it('draws nothing that nobody wants: gaps keep the place, and the counter goes on', async () => {
    let drawn = 0
    const counting: PortraitEngine = {
      id: engine.id,
      open: (init, options) => engine.open(init, options),
      openPool: async (init, options) => {
        const pool = await engine.openPool(init, options)
        return {
          width: pool.width,
          process: (order) => {
            drawn += 1
            return pool.process(order)
          },
          close: () => pool.close(),
        }
      },
      dispose: () => engine.dispose(),
    }
    let isWanted = false
    const turn = new Turn({ id: 't' })
    const stage = livePortraitStage({ engine: counting, look: () => lookOf(96), wanted: () => isWanted })
    const packets = await play(stage.open(turn), motion(30), (index) => {
      isWanted = index >= 10 && index < 20
    })
    expectWhole(packets)
    expect(packets.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 30 }, (_, i) => (i >= 10 && i < 20 ? 'frame' : 'gap')),
    )
    expect(framesOf(packets).map(({ index }) => index)).toEqual(Array.from({ length: 10 }, (_, i) => i + 10))
    expect(drawn).toBe(10)
    await turn.ended()
  })

  it('keeps its subject where the one that is asked for cannot be drawn, and says why', async () => {
    const gone = { kind: 'portrait', folder: '/nowhere', revision: '1', size: 96 } as const
    let { subject } = lookOf(96)
    const failures: unknown[] = []
    const turn = new Turn({ id: 't' })
    const stage = livePortraitStage({
      engine,
      look: () => lookOf(96, { subject }),
      onFailure: (error) => failures.push(error),
    })
    const packets = await play(stage.open(turn), motion(60), (index) => {
      if (index === 3) subject = gone
    })
    expect(framesOf(packets)).toHaveLength(60)
    await turn.ended()
    expect(failures).toHaveLength(1)
    expect(String(failures[0])).toContain('/nowhere')
  })

  it('breathes in the time of its life, not of the turn', async () => {
    const life = new Life()
    const still = motion(1).map((packet) => ({ ...packet, weights: new Float32Array(52) }))
    const picture = async (): Promise<Uint8Array> => {
      const turn = new Turn({ id: 't' })
      const stage = livePortraitStage({ engine, look: () => lookOf(96), zeroOf: (of) => life.zeroOf(of) })
      const [frame] = await lastValueFrom(from(still).pipe(stage.open(turn), toArray()))
      await turn.ended()
      return (frame as FramePacket).data
    }
    const atZero = await picture()
    expect(await picture()).toEqual(atZero)
    life.reach(1_700_000)
    expect(await picture()).not.toEqual(atZero)
  })
})
