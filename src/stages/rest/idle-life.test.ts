import { setImmediate as nextTick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CancelledError } from '../../errors.js'
import { BLENDSHAPE_INDEX as B } from '../../pipeline/blendshapes.js'
import { endOf, type FramePacket, type MotionPacket } from '../../pipeline/packet.js'
import { framesToMicroseconds, systemClock } from '../../pipeline/time.js'
import { Turn } from '../../pipeline/turn.js'
import { ManualClock } from '../../testing/manual-clock.js'
import type { Emotion } from '../expression/emotion.js'
import { idleMotion, type Rotation } from '../expression/idle/idle-motion.js'
import { Life } from '../life.js'
import type { FrameOrder } from '../video/portrait/program.js'
import { framedSubject } from '../video/portrait/subject.js'
import { idleLife, type IdleLifeOptions } from './idle-life.js'
import { waitingClock, type WaitingClock } from './pace.js'

/** A clock on which waiting takes no time of ours. */
class SteppedClock extends ManualClock implements WaitingClock {
  async wait(time: number, signal: AbortSignal): Promise<void> {
    await nextTick()
    signal.throwIfAborted()
    this.advance(time)
  }
}

class Stage {
  readonly clock = new SteppedClock()
  readonly life = new Life()
  readonly orders: FrameOrder[] = []
  fps = 25
  wanted: readonly string[] = ['motion', 'frame']
  emotion: Emotion = 'neutral'
  /** Time that a drawing takes. */
  drawingTime = 0
  drawing = 0
  mostDrawing = 0
  open = 0
  readonly ending = new AbortController()

  play(options: Partial<IdleLifeOptions> = {}): AsyncGenerator<MotionPacket | FramePacket, void, undefined> {
    return idleLife(
      {
        life: this.life,
        clock: this.clock,
        seed: 7,
        look: () => ({ ...framedSubject(undefined, 64), fps: this.fps, quality: 80 }),
        emotion: () => this.emotion,
        wants: (kind) => this.wanted.includes(kind),
        onFailure: () => undefined,
        open: () => {
          this.open += 1
          return Promise.resolve({
            process: (order: FrameOrder) => this.#draw(order),
            close: () => {
              this.open -= 1
              return Promise.resolve()
            },
          })
        },
        ...options,
      },
      this.ending.signal,
    )
  }

  async *#draw(order: FrameOrder): AsyncGenerator<Uint8Array> {
    this.drawing += 1
    this.mostDrawing = Math.max(this.mostDrawing, this.drawing)
    await nextTick()
    this.clock.advance(this.drawingTime)
    this.orders.push(order)
    this.drawing -= 1
    yield Uint8Array.of(1)
  }
}

async function take(
  packets: AsyncGenerator<MotionPacket | FramePacket, void, undefined>,
  count: number,
): Promise<(MotionPacket | FramePacket)[]> {
  const taken = []
  while (taken.length < count) {
    const { value, done } = await packets.next()
    if (done === true) break
    taken.push(value)
  }
  return taken
}

describe('the life between turns', () => {
  it('goes at the pace of the clock: each moment once, its motion before its picture', async () => {
    const stage = new Stage()
    const packets = stage.play()
    const taken = await take(packets, 50)
    expect(taken.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 'motion' : 'frame')),
    )
    for (const [i, { timestamp, duration, index }] of taken.entries()) {
      const frame = Math.floor(i / 2) + 1
      expect([index, timestamp]).toEqual([frame, framesToMicroseconds(frame, 25)])
      expect(timestamp + duration).toBe(framesToMicroseconds(frame + 1, 25))
    }
    expect(stage.orders.map(({ seconds }) => seconds)).toEqual(
      taken.filter(({ kind }) => kind === 'frame').map(({ timestamp }) => timestamp / 1e6),
    )
    expect([stage.mostDrawing, stage.open]).toEqual([1, 1])
    await packets.return()
    expect(stage.open).toBe(0)
  })

  it('leaves out the moments that pass while a picture is drawn, or while nobody takes what there is', async () => {
    const stage = new Stage()
    stage.drawingTime = 100_000
    stage.wanted = ['frame']
    const packets = stage.play()
    const slow = await take(packets, 5)
    // A picture of 100 ms begun on a beat of 40 ms ends between the second and the third after it.
    expect(slow.map(({ index }) => index)).toEqual([1, 4, 7, 10, 13])
    stage.drawingTime = 0
    stage.clock.advance(5_000_000)
    const [next] = await take(packets, 1)
    expect(next!.timestamp).toBeGreaterThan(endOf(slow.at(-1)!) + 4_900_000)
    expect(stage.orders).toHaveLength(6)
    await packets.return()
  })

  it('draws nothing where motion alone is wanted, and ends where nothing is', async () => {
    const stage = new Stage()
    stage.wanted = ['motion']
    const packets = stage.play()
    expect((await take(packets, 5)).every(({ kind }) => kind === 'motion')).toBe(true)
    expect([stage.orders.length, stage.open]).toEqual([0, 0])
    stage.wanted = []
    expect(await packets.next()).toMatchObject({ done: true })
  })

  it('stops at once when it is told to, in the middle of a wait, and lets go of the drawing threads', async () => {
    const stage = new Stage()
    const packets = stage.play()
    await take(packets, 2)
    const next = packets.next()
    stage.ending.abort(new CancelledError('A turn begins.'))
    await expect(next).rejects.toThrow('A turn begins.')
    expect(stage.open).toBe(0)
  })

  it("says why it stops by the process's clock, too", async () => {
    const stage = new Stage()
    stage.wanted = ['motion']
    const next = stage.play({ clock: waitingClock(systemClock) }).next()
    stage.ending.abort(new CancelledError('A turn begins.'))
    await expect(next).rejects.toThrow('A turn begins.')
  })

  it('is the life of the speaking face: a turn begins where it ended, and it goes on where the turn ended', async () => {
    const stage = new Stage()
    stage.wanted = ['motion']
    const before = stage.play()
    const [last] = (await take(before, 40)).slice(-1)
    await before.return()
    const turn = new Turn({ id: 't' })
    expect(stage.life.zeroOf(turn)).toBe(endOf(last!))
    stage.life.shown(turn, 3_000_000)
    expect(stage.life.zeroOf(turn)).toBe(endOf(last!))
    const after = stage.play()
    const [first] = (await take(after, 1)) as MotionPacket[]
    await after.return()
    expect(first!.timestamp).toBeGreaterThanOrEqual(endOf(last!) + 3_000_000)
    expect(first!.timestamp).toBeLessThanOrEqual(endOf(last!) + 3_000_000 + 40_000)
    const weights = new Float32Array(52)
    const rotation: Rotation = [0, 0, 0]
    idleMotion(7, 25).write(first!.index, weights, rotation)
    expect(first!.rotation).toEqual(rotation)
    expect(first!.weights[B.eyeBlinkLeft]).toBeCloseTo(weights[B.eyeBlinkLeft]!, 5)
  })

  it('changes its mood smoothly, and hands it on', async () => {
    const stage = new Stage()
    stage.wanted = ['motion']
    const packets = stage.play()
    const smile = ({ weights }: MotionPacket): number => weights[B.mouthSmileLeft]!
    const calm = (await take(packets, 10)) as MotionPacket[]
    stage.emotion = 'happy'
    const happy = (await take(packets, 50)) as MotionPacket[]
    await packets.return()
    const steps = happy.map((one, i) => smile(one) - smile(happy[i - 1] ?? calm.at(-1)!))
    expect(smile(happy.at(-1)!)).toBeGreaterThan(smile(calm.at(-1)!) + 0.3)
    expect(Math.max(...steps)).toBeLessThan(0.1)
    expect(stage.life.mood[B.mouthSmileLeft]).toBeGreaterThan(0.4)
    const again = stage.play()
    const [first] = (await take(again, 1)) as MotionPacket[]
    expect(Math.abs(smile(first!) - smile(happy.at(-1)!))).toBeLessThan(0.1)
    await again.return()
  })

  it('keeps its moments in order when the rate changes', async () => {
    const stage = new Stage()
    stage.wanted = ['motion']
    const packets = stage.play()
    const taken = await take(packets, 10)
    stage.fps = 12
    taken.push(...(await take(packets, 10)))
    // No more than it takes to look alive, whatever the rate of speech is.
    stage.fps = 60
    taken.push(...(await take(packets, 10)))
    await packets.return()
    for (const [i, packet] of taken.slice(1).entries()) {
      expect(packet.timestamp).toBeGreaterThanOrEqual(endOf(taken[i]!))
    }
    expect(taken.at(-1)!.duration).toBeGreaterThan(33_000)
  })
})
