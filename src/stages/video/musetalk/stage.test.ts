import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { from, lastValueFrom, NEVER, Subject, take, toArray, type Observable } from 'rxjs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CancelledError, InputError } from '../../../errors.js'
import type { AudioPacket, FramePacket, GapPacket } from '../../../pipeline/packet.js'
import { framesToMicroseconds } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import { ModelRegistry } from '../../../runtime/registry.js'
import type { FaceRun } from './batcher/face-batcher.js'
import { MusetalkEngines, type Faces, type MusetalkUse } from './engines.js'
import { packetsOf, speech } from './fixtures/speech.js'
import { lookAt, stripedMaterial } from './fixtures/striped-material.js'
import { tinyMusetalk } from './fixtures/tiny-musetalk.js'
import type { Material } from './material/materials.js'
import { musetalkModels } from './model.js'
import { musetalkVideo, type MusetalkStageOptions } from './stage.js'

const device = { kind: 'cpu' } as const
const FRAMES = 5

describe('MuseTalk as a video stage', () => {
  const registry = new ModelRegistry({ device })
  const runs: FaceRun[] = []
  const models = musetalkModels(tinyMusetalk(), { device, maxBatch: 8, threads: 1, workers: 2 })
  const engines = new MusetalkEngines(registry, models, { onRun: (run) => runs.push(run) })
  let material: Material

  beforeAll(async () => {
    material = await stripedMaterial(FRAMES)
    await engines.prewarm()
  })

  beforeEach(() => {
    runs.length = 0
  })

  afterAll(async () => {
    await registry.shutdown()
    await rm(dirname(material.folder), { recursive: true })
  })

  function stage(options: Partial<MusetalkStageOptions> = {}) {
    return musetalkVideo({
      use: () => engines.use(),
      material: () => Promise.resolve(material),
      fps: 25,
      quality: 80,
      mode: 'realtime',
      ...options,
    })
  }

  /** Plays sound through the stage, to the end of all work. */
  async function play(
    sound: Observable<AudioPacket> | readonly AudioPacket[],
    options: Partial<MusetalkStageOptions> = {},
    turn = new Turn({ id: 't' }),
  ): Promise<(FramePacket | GapPacket)[]> {
    const packets = await lastValueFrom(from(sound).pipe(stage(options).open(turn), toArray()))
    await turn.ended()
    expect(turn.running).toBe(0)
    expect(engines.users).toBe(0)
    return packets
  }

  /** Which of the material's frames lie under packets. */
  async function basesOf(packets: readonly (FramePacket | GapPacket)[]): Promise<number[]> {
    return Promise.all(
      packets.map(async (packet) => (packet.kind === 'frame' ? (await lookAt(packet.data)).frame : -1)),
    )
  }

  it.each([
    [25, 0.5, 13],
    [12.5, 0.6, 8],
    [60, 0.21, 13],
  ])('draws every frame, in order, at %f fps', async (fps, seconds, count) => {
    const packets = await play(speech(seconds), { fps })
    expect(packets).toHaveLength(count)
    for (const [index, packet] of packets.entries()) {
      expect(packet).toMatchObject({ kind: 'frame', turn: 't', index, width: 64, height: 64 })
      expect(packet.timestamp).toBe(framesToMicroseconds(index, fps))
      expect(packet.duration).toBe(framesToMicroseconds(index + 1, fps) - packet.timestamp)
    }
  })

  it('shows the footage forwards and backwards, with a mouth of its own that comes and goes', async () => {
    const packets = (await play(speech(0.5))) as FramePacket[]
    expect(await basesOf(packets)).toEqual([0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 0, 1, 2])
    const quiet = (await play(packetsOf(new Float32Array(8000)))) as FramePacket[]
    const changes = await Promise.all(
      packets.map(async ({ data }, k) => {
        const [spoken, raw] = [await lookAt(data), await lookAt(quiet[k]!.data)]
        return spoken.mouth.reduce((sum, value, c) => sum + Math.abs(value - raw.mouth[c]!), 0)
      }),
    )
    expect(Math.min(...changes)).toBeGreaterThan(3)
    // The first and the last frame are footage for the most part.
    expect(Math.max(changes[0]!, changes[12]!)).toBeLessThan(Math.max(...changes) / 2)
  })

  it('shows the footage alone where there is nothing to say, and runs nothing for it', async () => {
    const packets = await play(packetsOf(new Float32Array(6400)))
    expect(packets).toHaveLength(10)
    expect(await basesOf(packets)).toEqual([0, 1, 2, 3, 4, 4, 3, 2, 1, 0])
    expect(runs).toEqual([])
  })

  it('lets the first frames go before the sound has ended', async () => {
    const turn = new Turn({ id: 't' })
    const sound = new Subject<AudioPacket>()
    const frames: (FramePacket | GapPacket)[] = []
    let wake: () => void = () => undefined
    const ended = new Promise<void>((resolve, reject) => {
      sound.pipe(stage().open(turn)).subscribe({
        next: (frame) => {
          frames.push(frame)
          wake()
        },
        error: reject,
        complete: resolve,
      })
    })
    const packets = speech(0.6)
    for (const packet of packets.slice(0, 4)) sound.next(packet)
    // 400 ms of sound are two hops: frames 0 to 5.
    while (frames.length < 6) await new Promise<void>((resolve) => (wake = resolve))
    expect(frames).toHaveLength(6)
    for (const packet of packets.slice(4)) sound.next(packet)
    sound.complete()
    await ended
    expect(frames).toHaveLength(15)
    await turn.ended()
  })

  it('draws the faces of several turns in one run', async () => {
    const turns = ['a', 'b', 'c'].map((id) => new Turn({ id }))
    const inFlight = 2
    const outputs = await Promise.all(
      turns.map((turn) => {
        const video = stage({ use: () => gathered(turns.length * inFlight), inFlight })
        return lastValueFrom(from(speech(0.5)).pipe(video.open(turn), toArray()))
      }),
    )
    await Promise.all(turns.map((turn) => turn.ended()))
    expect(outputs.map((frames) => frames.length)).toEqual([13, 13, 13])
    expect(outputs.map((frames) => frames[0]!.turn)).toEqual(['a', 'b', 'c'])
    expect(runs.reduce((sum, { faces }) => sum + faces, 0)).toBe(39)
    // No turn has more than two on their way: a run of six is one of three turns.
    expect(runs[0]).toMatchObject({ faces: 6, size: 6 })
    expect(Math.max(...runs.map(({ faces }) => faces))).toBe(6)
  })

  const gathering: (() => void)[] = []

  /** The engines, whose first so many faces wait for each other. */
  function gathered(count: number): MusetalkUse {
    const use = engines.use()
    const faces = async (): Promise<Faces> => {
      const real = await use.faces()
      return {
        draw: async (request, signal) => {
          if (gathering.length < count) {
            const company = new Promise<void>((resolve) => gathering.push(resolve))
            if (gathering.length === count) for (const go of gathering) go()
            await company
          }
          return real.draw(request, signal)
        },
      }
    }
    return { ...use, faces }
  }

  it('goes on with the footage where the turn before has ended', async () => {
    const packets = await play(speech(0.2), { zeroOf: () => framesToMicroseconds(7, 25) })
    expect(await basesOf(packets)).toEqual([2, 1, 0, 0, 1])
  })

  it('leaves out what nobody wants', async () => {
    const wanted = (timestamp: number): boolean => timestamp >= framesToMicroseconds(8, 25)
    const packets = await play(speech(0.4), { wanted })
    expect(packets.map(({ kind }) => kind)).toEqual([...new Array<string>(8).fill('gap'), 'frame', 'frame'])
    for (const [index, packet] of packets.entries()) {
      expect(packet.timestamp).toBe(framesToMicroseconds(index, 25))
      if (packet.kind === 'gap') expect(packet.of).toBe('frame')
    }
    expect(runs.reduce((sum, { faces }) => sum + faces, 0)).toBe(2)
    expect(await play(speech(0.2), { wanted: () => false })).toHaveLength(5)
  })

  it('as published begins with the footage’s first frame and leaves out the last one of the sound', async () => {
    const packets = await play(speech(0.4), { mode: 'reference', zeroOf: () => 1_000_000 })
    expect(await basesOf(packets)).toEqual([0, 1, 2, 3, 4, 4, 3, 2, 1])
    expect(stage({ mode: 'reference' }).lookahead).toBeGreaterThan(30_000_000)
    expect(stage().lookahead).toBeLessThan(500_000)
  })

  it('asks for the quality of each frame', async () => {
    let asked = 0
    const packets = (await play(speech(0.2), { quality: () => (asked++ === 0 ? 20 : 95) })) as FramePacket[]
    expect(asked).toBe(5)
    expect(packets[0]!.data.length).toBeLessThan(packets[1]!.data.length)
  })

  it('ends at once when the turn is cancelled, and leaves nothing running', async () => {
    const turn = new Turn({ id: 't' })
    const sound = new Subject<AudioPacket>()
    const outcome = lastValueFrom(sound.pipe(stage().open(turn), toArray())).catch((error: unknown) => error)
    for (const packet of speech(0.8)) sound.next(packet)
    // Cancelled while faces are being drawn.
    while (runs.length === 0) await new Promise((resolve) => setImmediate(resolve))
    turn.cancel()
    expect(await outcome).toBeInstanceOf(CancelledError)
    await turn.ended()
    expect([turn.running, engines.users]).toEqual([0, 0])
    expect(await play(speech(0.1))).toHaveLength(3)
  })

  it('tells a cancelled turn even while it waits for sound', async () => {
    const turn = new Turn({ id: 't' })
    const outcome = lastValueFrom(NEVER.pipe(stage().open(turn), toArray())).catch((error: unknown) => error)
    turn.cancel()
    expect(await outcome).toBeInstanceOf(CancelledError)
    await turn.ended()
    expect(engines.users).toBe(0)
  })

  it('does not wait for networks that are being loaded when the turn is cancelled', async () => {
    const turn = new Turn({ id: 't' })
    let asked: () => void = () => undefined
    const loading = new Promise<void>((resolve) => (asked = resolve))
    const use = (): MusetalkUse => ({
      ...engines.use(),
      ears: () => {
        asked()
        return new Promise(() => undefined)
      },
    })
    const sound = from(speech(0.2))
    const outcome = lastValueFrom(sound.pipe(stage({ use }).open(turn), toArray())).catch(
      (error: unknown) => error,
    )
    await loading
    turn.cancel()
    expect(await outcome).toBeInstanceOf(CancelledError)
    await turn.ended()
    expect(engines.users).toBe(0)
  })

  it('is over when the preparation of its face really is', async () => {
    const turn = new Turn({ id: 't' })
    let end: () => void = () => undefined
    const preparing = new Promise<Material>((_, reject) => (end = () => reject(new CancelledError())))
    const video = stage({ material: () => preparing })
    const outcome = lastValueFrom(NEVER.pipe(video.open(turn), toArray())).catch((error: unknown) => error)
    turn.cancel()
    expect(await outcome).toBeInstanceOf(CancelledError)
    // All but the preparation has ended.
    while (engines.users > 0) await new Promise((resolve) => setImmediate(resolve))
    while (turn.running > 1) await new Promise((resolve) => setImmediate(resolve))
    expect(turn.running).toBe(1)
    end()
    await turn.ended()
  })

  it('stops when nobody listens any more', async () => {
    const turn = new Turn({ id: 't' })
    const frames = await lastValueFrom(from(speech(0.8)).pipe(stage().open(turn), take(2), toArray()))
    expect(frames).toHaveLength(2)
    await turn.ended()
    expect([turn.running, engines.users]).toEqual([0, 0])
  })

  it('fails with what the face could not be made ready for', async () => {
    const turn = new Turn({ id: 't' })
    const failing = stage({ material: () => Promise.reject(new InputError('The face is of cheese.')) })
    await expect(lastValueFrom(from(speech(0.3)).pipe(failing.open(turn), toArray()))).rejects.toThrow(
      'cheese',
    )
    await turn.ended()
    expect(engines.users).toBe(0)
  })

  it('refuses sound of two rates, and with a gap', async () => {
    const [first, second] = speech(0.2)
    for (const wrong of [{ sampleRate: 8000 }, { timestamp: 150_000 }]) {
      const turn = new Turn({ id: 't' })
      const sound = from([first!, { ...second!, ...wrong }])
      await expect(lastValueFrom(sound.pipe(stage().open(turn), toArray()))).rejects.toThrow(InputError)
      await turn.ended()
    }
  })

  it.each([7, 61, NaN])('refuses %f fps', (fps) => {
    expect(() => stage({ fps })).toThrow(InputError)
  })

  it('gives nothing for no sound', async () => {
    expect(await play([])).toEqual([])
  })
})
