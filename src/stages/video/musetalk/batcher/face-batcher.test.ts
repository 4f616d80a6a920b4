import { setMaxListeners } from 'node:events'
import { setImmediate as nextTick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CancelledError, InferenceError, UnavailableError } from '../../../../errors.js'
import { createInlineEngine } from '../../../../runtime/inline-engine.js'
import { defineProgram, type Program } from '../../../../runtime/program.js'
import type { DrawnFaces, FaceBatch } from '../face/program.js'
import { FakeFaces, ManualTimers, request } from '../fixtures/fake-faces.js'
import { FaceBatcher, type FaceBatcherOptions, type FaceEngine, type FaceRun } from './face-batcher.js'

const { signal } = new AbortController()
// More faces wait here than Node expects to listen for one end.
setMaxListeners(0, signal)

function setUp(options: Partial<FaceBatcherOptions> = {}) {
  const engine = new FakeFaces()
  const timers = new ManualTimers()
  const runs: FaceRun[] = []
  const batcher = new FaceBatcher({
    engine,
    device: 'cuda:0',
    sizes: [1, 2, 4, 8],
    exact: false,
    clock: timers.clock,
    timer: timers.timer,
    onRun: (run) => runs.push(run),
    ...options,
  })
  /** Asks for faces that nobody is in a hurry for, and lets the time go by in which they may gather. */
  const draw = (indexes: readonly number[], slack?: number, until = signal) => {
    const faces = indexes.map((index) => batcher.draw(request(index, slack), until))
    for (const face of faces) face.catch(() => undefined)
    timers.advance(0)
    timers.advance(3000)
    return faces
  }
  return { engine, timers, runs, batcher, draw }
}

const outOfMemory = () =>
  new InferenceError('unet-vae.onnx failed on latents [8, 8, 32, 32]: CUDA failure 2: out of memory')

describe('the batcher of faces', () => {
  it('runs those together that wait together, up to the largest batch, filled up to a size it is warm for', async () => {
    const { engine, runs, draw, timers } = setUp()
    const faces = draw(Array.from({ length: 11 }, (_, k) => k))
    const first = await engine.next()
    expect(first).toMatchObject({ frames: [0, 1, 2, 3, 4, 5, 6, 7], size: 8 })
    const begun = timers.clock.now()
    timers.advance(50_000)
    first.finish()
    const second = await engine.next()
    expect(second).toMatchObject({ frames: [8, 9, 10], size: 4 })
    second.finish([9])
    const drawn = await Promise.all(faces)
    expect(drawn.map((face) => face?.[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, undefined, 10])
    expect(runs).toEqual([
      { faces: 8, size: 8, duration: begun + 50_000 },
      { faces: 3, size: 4, duration: 0 },
    ])
    expect(engine.opened).toBe(1)
  })

  it('makes turns share a run, and keeps the device busy while somebody waits', async () => {
    const { engine, batcher, draw } = setUp({ sizes: [1, 2, 4] })
    const faces = [...draw([1, 2], 80_000), ...draw([11, 12, 13, 14], 90_000)]
    const first = await engine.next()
    expect(first.frames).toEqual([1, 2])
    faces.push(...draw([3, 4], 85_000))
    expect([engine.waiting, batcher.waiting]).toEqual([0, 6])
    first.finish()
    const second = await engine.next()
    expect(second.frames).toEqual([3, 4, 11, 12])
    second.finish()
    const third = await engine.next()
    expect(third.frames).toEqual([13, 14])
    third.finish()
    expect((await Promise.all(faces)).map((face) => face?.[0])).toEqual([1, 2, 11, 12, 13, 14, 3, 4])
  })

  it('lets the urgent overtake what was there before', async () => {
    const { engine, draw } = setUp({ sizes: [1, 2] })
    void draw([1, 2], 500_000)
    const first = await engine.next()
    void draw([3, 4, 5], 500_000)
    void draw([11], 10_000)
    first.finish()
    const second = await engine.next()
    expect(second.frames).toEqual([11, 3])
    second.finish()
    const third = await engine.next()
    expect(third.frames).toEqual([4, 5])
    third.finish()
  })

  it('gathers company only as long as nobody is late for it', async () => {
    const { engine, batcher, timers } = setUp()
    const one = batcher.draw(request(1), signal)
    timers.advance(0)
    expect(engine.sizes).toEqual([])
    timers.advance(2000)
    const two = batcher.draw(request(2), signal)
    timers.advance(0)
    expect(engine.sizes).toEqual([])
    const urgent = batcher.draw(request(3, 0), signal)
    timers.advance(0)
    const run = await engine.next()
    expect(run.frames).toEqual([3, 1, 2])
    run.finish()
    await Promise.all([one, two, urgent])
  })

  it('forgets who is cancelled while waiting, at once, and draws the others', async () => {
    const { engine, batcher, timers } = setUp()
    const leaving = new AbortController()
    const gone = batcher.draw(request(1), leaving.signal)
    const stays = batcher.draw(request(2), signal)
    leaving.abort(new CancelledError('The turn was interrupted.'))
    await expect(gone).rejects.toThrow('The turn was interrupted.')
    timers.advance(3000)
    const run = await engine.next()
    expect(run.frames).toEqual([2])
    run.finish()
    await stays
    await expect(batcher.draw(request(3), leaving.signal)).rejects.toThrow(CancelledError)
    expect(batcher.waiting).toBe(0)
  })

  it('tells who is cancelled while being drawn when the run has really ended', async () => {
    const { engine, draw } = setUp()
    const leaving = new AbortController()
    const [face] = draw([1], undefined, leaving.signal)
    const run = await engine.next()
    let settled = false
    const watched = face!.finally(() => (settled = true))
    leaving.abort()
    await nextTick()
    expect(settled).toBe(false)
    run.finish()
    await expect(watched).rejects.toThrow(CancelledError)
  })

  it('halves its batches for good when the device’s memory is not enough', async () => {
    const { engine, batcher, draw } = setUp()
    const faces = draw([1, 2, 3, 4, 5, 6, 7, 8])
    ;(await engine.next()).fail(outOfMemory())
    const half = await engine.next()
    expect(half.frames).toEqual([1, 2, 3, 4])
    half.finish()
    const rest = await engine.next()
    expect(rest.frames).toEqual([5, 6, 7, 8])
    rest.finish()
    expect((await Promise.all(faces)).map((face) => face?.[0])).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(batcher.largestBatch).toBe(4)
    const later = draw([1, 2, 3, 4, 5])
    ;(await engine.next()).finish()
    ;(await engine.next()).finish()
    await Promise.all(later)
    expect(engine.sizes).toEqual([8, 4, 4, 4, 1])
    expect([engine.opened, engine.closed]).toEqual([2, 1])
  })

  it('halves its batches in sessions as the runtime has them', async () => {
    const sizes: number[] = []
    const program = defineProgram((): Program<null, FaceBatch, DrawnFaces> => ({
      open: () => ({
        process: ({ orders, size }) => {
          sizes.push(size)
          if (size > 2) throw new Error('CUDA failure 2: out of memory')
          return Promise.resolve(orders.map(({ index }) => Uint8Array.of(index)))
        },
      }),
    }))
    const engine: FaceEngine = await createInlineEngine(program, { config: undefined })
    const batcher = new FaceBatcher({ engine, device: 'cuda:0', sizes: [1, 2, 4, 8], exact: false })
    const faces = await Promise.all(Array.from({ length: 8 }, (_, k) => batcher.draw(request(k), signal)))
    expect(faces.map((face) => face?.[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(sizes).toEqual([8, 4, 2, 2, 2, 2])
    await batcher.close()
    await engine.dispose()
  })

  it('says what helps when not even one face fits', async () => {
    const { engine, draw } = setUp()
    const faces = draw([1, 2])
    ;(await engine.next()).fail(outOfMemory())
    ;(await engine.next()).fail(outOfMemory())
    ;(await engine.next()).fail(outOfMemory())
    for (const face of faces) {
      const error: unknown = await face.catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(UnavailableError)
      expect((error as Error).message).toMatch(/memory of cuda:0 .*half precision, or use another device/)
    }
  })

  it('tries what failed once more in a fresh session, each face by itself', async () => {
    const { engine, draw } = setUp()
    const faces = draw([1, 2, 3])
    ;(await engine.next()).fail(new InferenceError('Model "musetalk-face": its worker is gone: it fell.'))
    const runs = []
    for (let k = 0; k < 3; k++) {
      const run = await engine.next()
      runs.push(run.frames)
      if (run.frames[0] === 2) run.fail(new InferenceError('the latents are of cheese'))
      else run.finish()
    }
    expect(runs).toEqual([[1], [2], [3]])
    expect((await faces[0])?.[0]).toBe(1)
    await expect(faces[1]).rejects.toThrow('the latents are of cheese')
    expect((await faces[2])?.[0]).toBe(3)
    expect([engine.opened, engine.closed]).toEqual([3, 2])
  })

  it('does not try again what cannot become better', async () => {
    const { engine, draw } = setUp()
    const [face] = draw([1])
    ;(await engine.next()).fail(new UnavailableError('Model "musetalk-face" has been disposed.'))
    await expect(face).rejects.toThrow('has been disposed')
    expect(engine.sizes).toEqual([1])
  })

  it('takes nothing more once it is closed, and closes when its run has ended', async () => {
    const { engine, batcher, draw } = setUp({ sizes: [1] })
    const [drawn, waits] = draw([1, 2])
    const run = await engine.next()
    let closed = false
    const closing = batcher.close().then(() => (closed = true))
    await expect(waits).rejects.toThrow('MuseTalk has been unloaded.')
    await expect(batcher.draw(request(3), signal)).rejects.toThrow(UnavailableError)
    await nextTick()
    expect(closed).toBe(false)
    run.finish()
    expect((await drawn)?.[0]).toBe(1)
    await closing
    expect(engine.closed).toBe(1)
  })
})
