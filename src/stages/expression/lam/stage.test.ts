/**
 * The stage with the small network of the golden data in a real worker, as the catalogue puts it together. One file,
 * although long: its tests share one worker and the ways to cut, feed and compare a sound.
 */
import { fileURLToPath } from 'node:url'
import { from, lastValueFrom, Subject, toArray } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { floats, readGolden } from '../../../../test/golden/read-golden.js'
import { resolveConfig } from '../../../config/load.js'
import { Resampler } from '../../../dsp/resample.js'
import { CancelledError, InputError, ModelLoadError } from '../../../errors.js'
import { requireExported, type ExportedModel } from '../../../models/exported.js'
import { BLENDSHAPE_INDEX as B, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { endOf, type AudioPacket, type MotionPacket } from '../../../pipeline/packet.js'
import { framesToMicroseconds, samplesToMicroseconds } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import { ModelRegistry } from '../../../runtime/registry.js'
import { idleMotion, type Rotation } from '../idle/idle-motion.js'
import { largestDifference, weightsOf } from '../fixtures/motion.js'
import type { LamEngine } from './curves.js'
import { seededDraws } from './draws.js'
import { framesDue, STREAM_HOPS } from './hops.js'
import { lamModel, type LamModel } from './model.js'
import type program from './program.js'
import { ReferenceChain } from './reference-chain.js'
import { rowsOf } from './rows.js'
import { smoothed } from './savitzky-golay.js'
import { lamExpression, type LamExpressionOptions } from './stage.js'

const GOLDEN = fileURLToPath(new URL('../../../../test/golden/lam-a2e', import.meta.url))
const golden = readGolden(GOLDEN)
/** 3 s at 16 kHz: syllables, and silence from 1.7 to 2.2 s. */
const speech = floats(golden, 'audio')

const registry = new ModelRegistry({ device: { kind: 'cpu' } })
let exported: ExportedModel
let model: LamModel
let engine: LamEngine

beforeAll(async () => {
  exported = requireExported(resolveConfig({ file: { lam: { folder: `${GOLDEN}/model` } } }), 'lam-a2e')
  model = lamModel(exported, { threads: 1 })
  engine = await registry.load<typeof program>(model.spec)
})

afterAll(async () => {
  await registry.shutdown()
})

interface Cut {
  readonly sampleRate?: number
  /** Samples in each packet, repeated. Default: 0.1 s. */
  readonly sizes?: readonly number[]
  readonly emotion?: readonly number[]
}

function packetsOf(samples: Float32Array, cut: Cut = {}): AudioPacket[] {
  const { sampleRate = 16_000, sizes = [sampleRate / 10], emotion } = cut
  const packets: AudioPacket[] = []
  for (let at = 0; at < samples.length;) {
    const piece = samples.slice(at, at + sizes[packets.length % sizes.length]!)
    const timestamp = samplesToMicroseconds(at, sampleRate)
    at += piece.length
    const duration = samplesToMicroseconds(at, sampleRate) - timestamp
    packets.push({
      kind: 'audio',
      turn: 'turn',
      timestamp,
      duration,
      samples: piece,
      sampleRate,
      ...(emotion && { emotion }),
    })
  }
  return packets
}

function resampled(samples: Float32Array, rate: number): Float32Array {
  const resampler = new Resampler(16_000, rate)
  return Float32Array.from([...resampler.process(samples).slice(), ...resampler.flush()])
}

async function motionOf(
  packets: readonly AudioPacket[],
  options: LamExpressionOptions = {},
): Promise<MotionPacket[]> {
  const turn = new Turn({ id: 'turn' })
  const stage = lamExpression(engine, model, options)
  const frames = await lastValueFrom(from(packets).pipe(stage.open(turn), toArray()))
  await turn.ended()
  return frames
}

const MODES = ['realtime', 'reference'] as const

describe.each(MODES)('in the mode %s', (mode) => {
  it('covers a sound with frames on time, in order, with weights in [0, 1]', async () => {
    const frames = await motionOf(packetsOf(speech), { mode })
    expect(frames).toHaveLength(90)
    for (const [i, frame] of frames.entries()) {
      const timestamp = framesToMicroseconds(i, 30)
      expect(frame).toMatchObject({ kind: 'motion', turn: 'turn', index: i, timestamp })
      expect(endOf(frame)).toBe(framesToMicroseconds(i + 1, 30))
      expect(frame.weights).toHaveLength(52)
      expect(frame.weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
    }
  })

  it.each([8000, 16_000, 22_050, 48_000])(
    'ends with its sound at %i Hz, however long',
    async (sampleRate) => {
      for (const length of [1, sampleRate / 15 + 0.5, 1.001 * sampleRate].map(Math.floor)) {
        const sound = resampled(speech, sampleRate).subarray(0, length)
        const frames = await motionOf(packetsOf(sound, { sampleRate }), { mode })
        expect(frames, `${length} samples`).toHaveLength(Math.ceil((length * 30) / sampleRate))
        expect(endOf(frames.at(-1)!)).toBe(samplesToMicroseconds(length, sampleRate))
      }
    },
  )

  it.each([16_000, 24_000])(
    'gives the same motion however the sound is cut, at %i Hz',
    async (sampleRate) => {
      const sound = resampled(speech, sampleRate)
      const whole = await motionOf(packetsOf(sound, { sampleRate, sizes: [sound.length] }), { mode, seed: 5 })
      const cut = await motionOf(packetsOf(sound, { sampleRate, sizes: [1234, 77, 9001, 400] }), {
        mode,
        seed: 5,
      })
      expect(cut).toHaveLength(whole.length)
      expect(largestDifference(whole, cut)).toBeLessThan(1e-5)
    },
  )

  it('speaks otherwise for another identity', async () => {
    const [a, b] = await Promise.all(
      [0, 3].map((identity) => motionOf(packetsOf(speech), { mode, identity })),
    )
    expect(largestDifference(a!, b!)).toBeGreaterThan(0.01)
  })

  it('shows the emotion of the sound, and the one that is asked for', async () => {
    const plain = await motionOf(packetsOf(speech), { mode })
    const heard = await motionOf(packetsOf(speech, { emotion: [0, 1, 0, 0, 0, 0, 0, 0] }), { mode })
    const asked = await motionOf(packetsOf(speech), { mode, emotion: () => 'angry' })
    for (const angry of [heard, asked]) {
      const [frown, usual] = [angry, plain].map((frames) => weightsOf(frames, 'browDownLeft').at(-1)!)
      expect(frown!).toBeGreaterThan(usual! + 0.1)
    }
  })

  it('moves the head as its idle life has it, from where that is told to begin', async () => {
    const frames = await motionOf(packetsOf(speech), { mode, seed: 4, idleStart: () => 500 })
    const rotation: Rotation = [0, 0, 0]
    idleMotion(4, 30).write(500, new Float32Array(52), rotation)
    expect(frames[0]!.rotation).toEqual(rotation)
  })

  it('ends a turn of no sound without frames', async () => {
    expect(await motionOf([], { mode })).toEqual([])
  })

  it('ends when its turn is cancelled, and the next turn finds the worker well', async () => {
    const turn = new Turn({ id: 'turn' })
    const audio = new Subject<AudioPacket>()
    const made: MotionPacket[] = []
    const ended = new Promise<unknown>((resolve) => {
      audio.pipe(lamExpression(engine, model, { mode }).open(turn)).subscribe({
        next: (frame) => {
          made.push(frame)
          turn.cancel()
        },
        error: resolve,
        complete: () => {
          resolve('completed')
        },
      })
    })
    for (const packet of packetsOf(speech)) audio.next(packet)
    expect(await ended).toBeInstanceOf(CancelledError)
    await turn.ended()
    expect(made).toHaveLength(1)
    expect(await motionOf(packetsOf(speech), { mode })).toHaveLength(90)
  })

  it('refuses a sound that changes its rate or has a gap', async () => {
    const [first, second] = packetsOf(speech)
    await expect(motionOf([first!, { ...second!, sampleRate: 8000 }], { mode })).rejects.toThrow(
      /sampleRate is 8000/,
    )
    await expect(motionOf([first!, { ...second!, timestamp: 500_000 }], { mode })).rejects.toThrow(
      /timestamp is 500000/,
    )
  })

  it.each([-1, 12, 0.5])('refuses the identity %d', (identity) => {
    expect(() => lamExpression(engine, model, { mode, identity })).toThrow(InputError)
  })
})

describe('in the mode realtime', () => {
  it.each([25, 60])('counts frames exactly at %i fps', async (fps) => {
    for (const length of [1, 534, 5333, 16_000, 17_000]) {
      const frames = await motionOf(packetsOf(speech.subarray(0, length)), { fps })
      expect(frames, `${length} samples`).toHaveLength(Math.ceil((length * fps) / 16_000))
      expect(endOf(frames.at(-1)!)).toBe(samplesToMicroseconds(length, 16_000))
    }
  })

  it('sends frames as soon as they can be known: the first when 0.2 s have been heard', async () => {
    const turn = new Turn({ id: 'turn' })
    const stage = lamExpression(engine, model)
    const audio = new Subject<AudioPacket>()
    let made = 0
    const subscription = audio.pipe(stage.open(turn)).subscribe(() => made++)
    const packets = packetsOf(speech)
    for (const [i, packet] of packets.entries()) {
      audio.next(packet)
      const due = framesDue((i + 1) * 3, STREAM_HOPS)
      if (i === 1) expect(due).toBeGreaterThan(0)
      expect(framesToMicroseconds(due, 30)).toBeGreaterThanOrEqual(endOf(packet) - stage.lookahead)
      await vi.waitFor(() => {
        expect(made).toBeGreaterThanOrEqual(due)
      }, 5000)
      // No frame is a guess: its sound has been heard, and more.
      expect(made).toBe(due)
    }
    subscription.unsubscribe()
    await turn.ended()
  })

  it.each([8000, 24_000, 44_100])(
    'keeps what it owes at %i Hz, where a resampler holds sound back',
    async (sampleRate) => {
      const turn = new Turn({ id: 'turn' })
      const stage = lamExpression(engine, model)
      const audio = new Subject<AudioPacket>()
      let made = 0
      const subscription = audio.pipe(stage.open(turn)).subscribe(() => made++)
      let heard = 0
      for (const packet of packetsOf(resampled(speech, sampleRate), {
        sampleRate,
        sizes: [sampleRate / 20],
      })) {
        audio.next(packet)
        heard += packet.samples.length
        const due = stage.framesDue!(heard, sampleRate)
        await vi.waitFor(() => {
          expect(made).toBeGreaterThanOrEqual(due)
        }, 5000)
      }
      expect(made).toBeGreaterThan(50)
      subscription.unsubscribe()
      await turn.ended()
    },
  )

  /** What the network alone moves: at rest, the idle life leaves these at 0. */
  const ARTICULATION = [
    'jawOpen',
    'mouthFunnel',
    'mouthLowerDownLeft',
    'mouthPressRight',
    'tongueOut',
  ] as const

  it('keeps the mouth at rest in silence', async () => {
    const sound = new Float32Array(48_000)
    sound.set(speech.subarray(0, 6400))
    const frames = await motionOf(packetsOf(sound))
    expect(Math.max(...weightsOf(frames.slice(0, 12), 'jawOpen'))).toBeGreaterThan(0.1)
    for (const name of ARTICULATION) expect(Math.max(...weightsOf(frames.slice(30), name)), name).toBe(0)
  })

  it('comes to rest with the sound, without a jump', async () => {
    // 1.4 s lies within a syllable.
    const frames = await motionOf(packetsOf(speech.subarray(0, 22_400)))
    for (const name of ARTICULATION) {
      const values = weightsOf(frames, name)
      expect(values.at(-1), name).toBeLessThan(0.05)
      const steps = values.slice(1).map((value, i) => Math.abs(value - values[i]!))
      expect(Math.max(...steps), name).toBeLessThanOrEqual(0.334)
    }
  })

  it('says what the network says of the sound with its true context', async () => {
    const init = { sampleRate: 16_000, identity: 0, mode: 'realtime', seed: 0 } as const
    const session = await engine.open(init, { signal: new AbortController().signal })
    const rows: Float32Array[] = []
    for await (const matrix of session.process(speech)) rows.push(...rowsOf(matrix))
    for await (const matrix of session.flush()) rows.push(...rowsOf(matrix))
    await session.close()
    expect(rows).toHaveLength(90)
    // The third second is heard with the 1.13 s before it: frame 90 is the end of the window's 64.
    const heard = smoothed(rowsOf(floats(golden, 'window.context.2')))
    for (let frame = 62; frame < 87; frame++) {
      const expected = heard[frame - 26]![B.browInnerUp]!
      expect(Math.abs(rows[frame]![B.browInnerUp]! - expected), `frame ${frame}`).toBeLessThan(1e-4)
    }
  })

  it('blinks and looks as its idle life does, and never twice', async () => {
    const frames = await motionOf(packetsOf(speech), { seed: 9 })
    const idle = idleMotion(9, 30)
    const alone = new Float32Array(52)
    for (const { index, weights } of frames) {
      idle.write(index, alone, [0, 0, 0])
      for (const [i, name] of BLENDSHAPE_NAMES.entries()) {
        if (/^eye(Blink|Look)/.test(name))
          expect(weights[i], `${name} in frame ${index}`).toBeCloseTo(alone[i]!, 6)
      }
    }
  })

  it('takes its time with a recording', async () => {
    const recording = { quietMouth: false, moveBrows: false }
    const whole = await motionOf(packetsOf(speech), { recording })
    expect(whole).toHaveLength(90)
    expect(weightsOf(whole, 'jawOpen').at(-1)).toBeLessThan(0.05)
    // The lids are the face's own: the length of a hop does not show in them.
    const streamed = await motionOf(packetsOf(speech))
    expect(weightsOf(whole, 'eyeBlinkLeft')).toEqual(weightsOf(streamed, 'eyeBlinkLeft'))
    const stage = lamExpression(engine, model, { recording })
    expect([4.39, 4.4].map((seconds) => stage.framesDue!(seconds * 16_000, 16_000))).toEqual([0, 129])
  })

  it('moves less where less is asked for', async () => {
    const still = await motionOf(packetsOf(speech), { amplitude: { speech: 0, emotion: 0, life: 0 } })
    expect(Math.max(...weightsOf(still, 'jawOpen'))).toBeCloseTo(0, 6)
    expect(Math.max(...weightsOf(await motionOf(packetsOf(speech)), 'jawOpen'))).toBeGreaterThan(0.1)
  })
})

describe('in the mode reference', () => {
  /** The first 2.5 s are cut by the golden data as the stage cuts them: 1 s, 1 s, and the rest. */
  const CHUNKS = [0, 1, 2]
  const heard = speech.subarray(0, 40_000)

  it('gives what the original gives, weight for weight', async () => {
    const seed = 11
    const frames = await motionOf(packetsOf(heard), { mode: 'reference', seed })
    const given = rowsOf(floats(golden, 'stream.given'))
    expect(frames).toHaveLength(75)
    for (const { index, weights } of frames) {
      for (const [c, name] of BLENDSHAPE_NAMES.entries()) {
        // The golden stream has no chance in it; its lids are those of the next test.
        if (name.startsWith('eyeBlink')) continue
        expect(Math.abs(weights[c]! - given[index]![c]!), `${name} in frame ${index}`).toBeLessThan(1e-4)
      }
    }
  })

  it('blinks as the original would with the same draws', async () => {
    const seed = 3
    const frames = await motionOf(packetsOf(heard), { mode: 'reference', seed })
    const chain = new ReferenceChain(seededDraws(seed, 'blinks'))
    const expected = CHUNKS.flatMap((k) =>
      chain.process(rowsOf(floats(golden, `stream.${k}.raw`)), floats(golden, `stream.${k}.volume`)),
    )
    for (const name of ['eyeBlinkLeft', 'eyeBlinkRight'] as const) {
      for (const [i, lids] of weightsOf(frames, name).entries()) {
        expect(Math.abs(lids - expected[i]![B[name]]!), `${name} in frame ${i}`).toBeLessThan(1e-4)
      }
    }
  })

  it('treats a recording as the original does: all of it at once, the mouth damped in silence', async () => {
    const recording = { quietMouth: true, moveBrows: false }
    const frames = await motionOf(packetsOf(speech), { mode: 'reference', recording, seed: 2 })
    const given = rowsOf(floats(golden, 'offline.symmetric'))
    expect(frames).toHaveLength(90)
    for (const { index, weights } of frames) {
      for (const [c, name] of BLENDSHAPE_NAMES.entries()) {
        // Brows and lids of the golden recording are moved by its own draws.
        if (/^(brow|eyeBlink)/.test(name)) continue
        expect(Math.abs(weights[c]! - given[index]![c]!), `${name} in frame ${index}`).toBeLessThan(1e-4)
      }
    }
    // The lids blink from the first frame on.
    expect(Math.max(...weightsOf(frames.slice(0, 7), 'eyeBlinkLeft'))).toBeGreaterThan(0.7)
    const raised = await motionOf(packetsOf(speech), {
      mode: 'reference',
      recording: { ...recording, moveBrows: true },
      seed: 2,
    })
    expect(largestDifference(raised, frames)).toBeGreaterThan(0.05)
  })

  it('takes recordings of a moment', async () => {
    const recording = { quietMouth: true, moveBrows: true }
    for (const length of [1, 399, 533, 534]) {
      const frames = await motionOf(packetsOf(speech.subarray(0, length)), { mode: 'reference', recording })
      expect(frames).toHaveLength(Math.ceil((length * 30) / 16_000))
    }
  })

  it('takes silence of any length, also where rounding measures its loudness in a frame too many', async () => {
    const [mode, recording] = ['reference', { quietMouth: true, moveBrows: true }] as const
    const whole = await motionOf(packetsOf(new Float32Array(132_800)), { mode, recording })
    expect(whole).toHaveLength(249)
    const sampleRate = 48_000
    const streamed = await motionOf(packetsOf(new Float32Array(52_801), { sampleRate }), { mode })
    expect(streamed).toHaveLength(34)
  })

  it('refuses another frame rate', () => {
    expect(() => lamExpression(engine, model, { mode: 'reference', fps: 25 })).toThrow(
      /fps is 25; in the mode "reference" LAM-A2E makes 30/,
    )
  })
})

describe('framesDue', () => {
  const due = (options: LamExpressionOptions, seconds: number, rate = 16_000): number =>
    lamExpression(engine, model, options).framesDue!(Math.round(seconds * rate), rate)

  it('counts the frames of whole chunks', () => {
    expect([0.99, 1, 1.99, 2, 7.5].map((seconds) => due({ mode: 'reference' }, seconds))).toEqual([
      0, 30, 30, 60, 210,
    ])
    expect(due({ mode: 'reference' }, 3, 44_100)).toBe(90)
  })

  it('counts the frames of the windows that have been heard', () => {
    expect([0.19, 0.2, 1, 2, 3].map((seconds) => due({}, seconds))).toEqual([0, 3, 27, 57, 87])
    expect([0.2, 0.21].map((seconds) => due({}, seconds, 24_000))).toEqual([0, 3])
    expect(due({ fps: 60 }, 1)).toBe(54)
  })

  it('owes none of a recording before its end', () => {
    const recording = { quietMouth: false, moveBrows: false }
    expect(due({ mode: 'reference', recording }, 599)).toBe(0)
  })
})

describe('lamModel', () => {
  it('takes the threads that it is told, or half the cores', () => {
    expect(lamModel(exported, { threads: 3 }).spec.config.threads).toBe(3)
    const { threads } = lamModel(exported, { threads: 0 }).spec.config
    expect(threads).toBeGreaterThanOrEqual(1)
    expect(threads).toBeLessThanOrEqual(4)
  })

  it('refuses a manifest of another network, naming its fields', () => {
    const other = { ...exported, manifest: { ...exported.manifest, network: { sampleRate: 8000 } } }
    expect(() => lamModel(other, { threads: 1 })).toThrow(ModelLoadError)
    expect(() => lamModel(other, { threads: 1 })).toThrow(/network\.sampleRate/)
  })
})
