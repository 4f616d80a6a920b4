import { fileURLToPath } from 'node:url'
import { from, lastValueFrom, Subject, toArray } from 'rxjs'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CancelledError, InputError } from '../../../errors.js'
import type { FramePacket, MotionPacket } from '../../../pipeline/packet.js'
import { framesToMicroseconds } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import { createWorkerEngine } from '../../../runtime/worker-engine.js'
import { portraitModel } from './model.js'
import { portraitStage, type PortraitEngine } from './stage.js'

const SIZE = 96
const subject = { kind: 'built-in', size: SIZE } as const
const models = fileURLToPath(new URL('../../../../models', import.meta.url))

let engine: PortraitEngine

beforeAll(async () => {
  engine = await createWorkerEngine(portraitModel(models, { ready: { subject }, workers: 2 }), {
    device: { kind: 'cpu' },
  })
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

function stage(fps: number): ReturnType<typeof portraitStage> {
  return portraitStage({ engine, fps, subject, width: SIZE, height: SIZE, quality: 80, inFlight: 3 })
}

describe('the portrait stage', () => {
  it.each([8, 25, 30, 60])('draws every frame of the turn, in order, at %i fps', async (fps) => {
    const turn = new Turn({ id: 't' })
    const frames = await lastValueFrom(from(motion(31)).pipe(stage(fps).open(turn), toArray()))
    expect(frames).toHaveLength(Math.ceil((31 * fps) / 30))
    for (const [index, frame] of frames.entries()) {
      expect(frame).toMatchObject({ kind: 'frame', turn: 't', index, width: SIZE, height: SIZE })
      expect(frame.timestamp).toBe(framesToMicroseconds(index, fps))
      expect(frame.duration).toBe(framesToMicroseconds(index + 1, fps) - frame.timestamp)
    }
    await turn.ended()
  })

  it('packs JPEGs of the right size, with colours halved for speed', async () => {
    const turn = new Turn({ id: 't' })
    const frames = await lastValueFrom(from(motion(3)).pipe(stage(25).open(turn), toArray()))
    const first = await sharp(frames[0]!.data).metadata()
    expect(first).toMatchObject({ format: 'jpeg', width: SIZE, height: SIZE, chromaSubsampling: '4:2:0' })
    expect(frames[1]!.data).not.toEqual(frames[0]!.data)
    await turn.ended()
  })

  it('lets the first frame go before the second motion packet comes', async () => {
    const turn = new Turn({ id: 't' })
    const packets = new Subject<MotionPacket>()
    const first = new Promise<FramePacket>((resolve, reject) => {
      packets.pipe(stage(25).open(turn)).subscribe({ next: resolve, error: reject })
    })
    packets.next(motion(1)[0]!)
    expect((await first).index).toBe(0)
    packets.complete()
    await turn.ended()
  })

  it('ends at once when the turn is cancelled, and leaves the engine usable', async () => {
    const turn = new Turn({ id: 't' })
    const outcome = lastValueFrom(from(motion(300)).pipe(stage(60).open(turn), toArray())).catch(
      (error: unknown) => error,
    )
    setTimeout(() => {
      turn.cancel()
    }, 20)
    expect(await outcome).toBeInstanceOf(CancelledError)
    await turn.ended()
    expect(turn.running).toBe(0)

    const next = new Turn({ id: 'n' })
    expect(await lastValueFrom(from(motion(2)).pipe(stage(30).open(next), toArray()))).toHaveLength(2)
    await next.ended()
  })

  it('tells a cancelled turn even while it waits for motion', async () => {
    const turn = new Turn({ id: 't' })
    const outcome = lastValueFrom(new Subject<MotionPacket>().pipe(stage(25).open(turn), toArray())).catch(
      (error: unknown) => error,
    )
    turn.cancel()
    expect(await outcome).toBeInstanceOf(CancelledError)
    await turn.ended()
  })

  it('leaves the packet’s weights to their other readers', async () => {
    const turn = new Turn({ id: 't' })
    const packets = motion(2)
    await lastValueFrom(from(packets).pipe(stage(30).open(turn), toArray()))
    expect(packets[1]!.weights).toHaveLength(52)
    await turn.ended()
  })

  it.each([7, 61, NaN])('refuses %f fps', (fps) => {
    expect(() => stage(fps)).toThrow(InputError)
  })
})
