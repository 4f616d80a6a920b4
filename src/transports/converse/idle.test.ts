import { setImmediate as nextTick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { FramePacket, MotionPacket } from '../../pipeline/packet.js'
import type { Idle } from '../../stages/catalogue.js'
import { Life } from '../../stages/life.js'
import { IdleFace } from './idle.js'
import { DEFAULT_SETTINGS } from './settings.js'

/** A session at rest: a life that is one packet at a time, and a client who takes it when it is told to. */
class Scene {
  wanted = new Set<string>(['motion'])
  readonly sent: (MotionPacket | FramePacket)[] = []
  readonly errors: unknown[] = []
  lives = 0
  made = 0
  ended = 0
  taking: Promise<unknown> = Promise.resolve()
  failure: Error | undefined
  /** What can be made between turns. */
  makes: readonly ('motion' | 'frame')[] = ['motion', 'frame']

  readonly face = new IdleFace({
    catalogue: { idle: (idle, signal) => this.#life(idle, signal) },
    life: new Life(),
    choice: () => ({
      settings: { ...DEFAULT_SETTINGS, fps: 25, size: 64, emotion: 'happy' },
      avatar: undefined,
    }),
    wants: (stream) => this.wanted.has(stream),
    send: (packet) => {
      this.sent.push(packet)
      return this.taking
    },
    onFailure: () => undefined,
    onUnexpectedError: (error) => this.errors.push(error),
  })

  async *#life({ wants, look, emotion }: Idle, signal: AbortSignal): AsyncGenerator<MotionPacket> {
    this.lives += 1
    if (this.lives > 20) throw new Error('It is begun again and again.')
    expect([look().size, emotion()]).toEqual([64, 'happy'])
    try {
      while (this.makes.some(wants)) {
        await nextTick()
        signal.throwIfAborted()
        if (this.failure !== undefined) throw this.failure
        this.made += 1
        const base = { turn: 'idle', index: this.made, timestamp: this.made * 40_000, duration: 40_000 }
        yield { kind: 'motion', ...base, weights: new Float32Array(52), rotation: [0, 0, 0] }
      }
    } finally {
      this.ended += 1
    }
  }
}

async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await nextTick()
}

describe('IdleFace', () => {
  it('lives from start to stop, and no packet follows the stop', async () => {
    const scene = new Scene()
    scene.face.refresh()
    await nextTick()
    expect(scene.lives).toBe(0)
    scene.face.start()
    scene.face.start()
    await until(() => scene.sent.length > 5)
    const stopped = scene.face.stop()
    const count = scene.sent.length
    await stopped
    for (let i = 0; i < 5; i++) await nextTick()
    expect([scene.lives, scene.ended, scene.sent.length]).toEqual([1, 1, count])
    expect(scene.errors).toEqual([])
  })

  it('makes nothing while the last packet has not been taken, and stops all the same', async () => {
    const scene = new Scene()
    scene.taking = new Promise(() => undefined)
    scene.face.start()
    await until(() => scene.sent.length === 1)
    for (let i = 0; i < 10; i++) await nextTick()
    expect(scene.made).toBe(1)
    await scene.face.stop()
    expect(scene.ended).toBe(1)
  })

  it('is nothing where nothing is wanted, begins when something is, and ends when it is no more', async () => {
    const scene = new Scene()
    scene.wanted.clear()
    scene.face.start()
    await nextTick()
    expect(scene.lives).toBe(0)
    scene.wanted.add('motion')
    scene.face.refresh()
    await until(() => scene.sent.length > 2)
    scene.wanted.clear()
    await until(() => scene.ended === 1)
    scene.wanted.add('frames')
    scene.face.refresh()
    await until(() => scene.lives === 2)
    await scene.face.stop()
  })

  it('is begun once where what is wanted cannot be made, until something is asked for again', async () => {
    const scene = new Scene()
    scene.makes = ['motion']
    scene.wanted = new Set(['frames'])
    scene.face.start()
    await until(() => scene.ended === 1)
    for (let i = 0; i < 5; i++) await nextTick()
    expect([scene.lives, scene.errors]).toEqual([1, []])
    scene.wanted.add('motion')
    scene.face.refresh()
    await until(() => scene.sent.length > 2)
    expect(scene.lives).toBe(2)
    await scene.face.stop()
  })

  it('lives on when it is wanted again before it has ended', async () => {
    const scene = new Scene()
    scene.face.start()
    await until(() => scene.sent.length > 2)
    let take = (): void => undefined
    scene.taking = new Promise<void>((resolve) => (take = resolve))
    const before = scene.sent.length
    await until(() => scene.sent.length > before)
    scene.wanted.clear()
    take()
    scene.wanted.add('motion')
    scene.face.refresh()
    const count = scene.sent.length
    await until(() => scene.sent.length > count)
    await scene.face.stop()
    expect(scene.errors).toEqual([])
  })

  it('rests when it fails, and lives again when asked to', async () => {
    const scene = new Scene()
    scene.failure = new Error('the threads are gone')
    scene.face.start()
    await until(() => scene.errors.length > 0)
    for (let i = 0; i < 5; i++) await nextTick()
    expect([scene.errors, scene.lives]).toEqual([[scene.failure], 1])
    scene.failure = undefined
    scene.face.refresh()
    await until(() => scene.sent.length > 0)
    await scene.face.stop()
  })
})
