/**
 * The stage with the real network in a real worker, on real recordings. One file, although long: its tests share one
 * worker and the ways to cut, feed and measure a sound.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { from, lastValueFrom, Subject, toArray } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { LogMelStream } from '../../../dsp/mel-stream.js'
import { Resampler } from '../../../dsp/resample.js'
import { CancelledError, InputError } from '../../../errors.js'
import { BLENDSHAPE_INDEX as B, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { endOf, type AudioPacket, type MotionPacket, type Phoneme } from '../../../pipeline/packet.js'
import { framesToMicroseconds, samplesToMicroseconds } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import { createWorkerEngine } from '../../../runtime/worker-engine.js'
import { idleMotion, type Rotation } from '../idle/idle-motion.js'
import { largestDifference, weightsOf } from '../fixtures/motion.js'
import { FASTEST_MOUTH } from './face.js'
import { visemesModel, type VisemesModel } from './model.js'
import type { VisemeEngine } from './mouth-curves.js'
import { visemeExpression, type VisemeExpressionOptions } from './stage.js'

const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url))

/** What the lips say, and nothing of the idle motion. */
const ARTICULATION = BLENDSHAPE_NAMES.filter((name) =>
  /^(jawOpen|jawForward|mouthClose|mouthFunnel|mouthPucker|mouthRoll|mouthShrug|mouthPress|mouthStretch|mouthLowerDown|mouthUpperUp|tongueOut)/.test(
    name,
  ),
)

/** A 16-bit mono WAV with the plain 44-byte header, as both clips have. */
function recording(name: string): Float32Array {
  const bytes = readFileSync(new URL(`../../../../test/media/${name}`, import.meta.url))
  const data = bytes.subarray(44)
  return Float32Array.from({ length: data.length >> 1 }, (_, n) => data.readInt16LE(2 * n) / 32768)
}

/** Noise of a room, uniform, at a level in dB of full scale. */
function roomNoise(seconds: number, level: number): Float32Array {
  let seed = 7
  return Float32Array.from({ length: seconds * 16_000 }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return (seed / 2 ** 31 - 1) * Math.sqrt(3) * 10 ** (level / 20)
  })
}

function joined(...parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]))
}

interface Cut {
  readonly sampleRate?: number
  /** Samples in each packet, repeated. Default: 0.1 s. */
  readonly sizes?: readonly number[]
  readonly phonemes?: readonly Phoneme[]
  readonly emotion?: (packet: number) => readonly number[] | undefined
}

function packetsOf(samples: Float32Array, cut: Cut = {}): AudioPacket[] {
  const { sampleRate = 16_000, sizes = [sampleRate / 10], phonemes, emotion } = cut
  const packets: AudioPacket[] = []
  for (let at = 0; at < samples.length;) {
    const piece = samples.slice(at, at + sizes[packets.length % sizes.length]!)
    const timestamp = samplesToMicroseconds(at, sampleRate)
    at += piece.length
    const end = samplesToMicroseconds(at, sampleRate)
    const felt = emotion?.(packets.length)
    packets.push({
      kind: 'audio',
      turn: 'turn',
      timestamp,
      duration: end - timestamp,
      samples: piece,
      sampleRate,
      ...(phonemes && { phonemes: phonemes.filter((p) => p.timestamp >= timestamp && p.timestamp < end) }),
      ...(felt && { emotion: felt }),
    })
  }
  return packets
}

function randomSizes(most: number): number[] {
  let seed = 99
  return Array.from({ length: 50 }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return 1 + Math.floor((seed / 2 ** 32) * most)
  })
}

let model: VisemesModel
let engine: VisemeEngine

beforeAll(async () => {
  model = await visemesModel(MODELS)
  engine = await createWorkerEngine(model.spec, { device: { kind: 'cpu' } })
})

afterAll(async () => {
  await engine.dispose()
})

async function motionOf(
  packets: readonly AudioPacket[],
  options: VisemeExpressionOptions = {},
  using = engine,
): Promise<MotionPacket[]> {
  const turn = new Turn({ id: 'turn' })
  const stage = visemeExpression(using, model, options)
  const frames = await lastValueFrom(from(packets).pipe(stage.open(turn), toArray()))
  await turn.ended()
  return frames
}

function expectClosed({ weights, timestamp }: MotionPacket): void {
  const where = `at ${timestamp} µs`
  expect(weights[B.jawOpen], `jawOpen ${where}`).toBeLessThan(0.03)
  for (const name of [
    'mouthLowerDownLeft',
    'mouthUpperUpRight',
    'mouthFunnel',
    'mouthPucker',
    'tongueOut',
  ] as const) {
    expect(weights[B[name]], `${name} ${where}`).toBeLessThan(0.05)
  }
}

const clip = recording('speech-en-7s.wav')
const short = recording('speech-en-3s.wav')

describe('the network', () => {
  interface Golden {
    readonly samples: string
    readonly frames: readonly number[]
    readonly mel: readonly (readonly number[])[]
    readonly weights: readonly (readonly number[])[]
  }

  const golden = JSON.parse(readFileSync(`${MODELS}/visemes/golden.json`, 'utf8')) as Golden
  const pcm = Buffer.from(golden.samples, 'base64')
  const samples = Float32Array.from({ length: pcm.length >> 1 }, (_, n) => pcm.readInt16LE(2 * n) / 32768)

  it('is given the log-mel frames that it was trained on', () => {
    const mel = new LogMelStream(model.network.frontEnd).process(samples)
    for (const [i, k] of golden.frames.entries()) {
      for (const [band, expected] of golden.mel[i]!.entries()) {
        expect(Math.abs(mel[k * 40 + band]! - expected)).toBeLessThan(1e-4)
      }
    }
  })

  it('gives the weights that Python gives, each row held back only by the gate of silence', async () => {
    const session = await engine.open({ sampleRate: 16_000 }, { signal: new AbortController().signal })
    const rows: number[] = []
    for await (const some of session.process(samples)) rows.push(...some)
    for await (const some of session.flush()) rows.push(...some)
    await session.close()
    const width = model.network.channels.length
    expect(rows).toHaveLength(100 * width)
    for (const [i, k] of golden.frames.entries()) {
      const row = rows.slice(k * width, (k + 1) * width)
      const expected = golden.weights[i]!
      const gate = k >= 30 ? 1 : row[0]! / expected[0]!
      expect(gate).toBeLessThanOrEqual(1.001)
      for (const [c, weight] of expected.entries())
        expect(Math.abs(row[c]! - gate * weight)).toBeLessThan(1e-4)
    }
  })
})

describe('visemeExpression from sound', () => {
  it('covers a recording with frames on time, weights in [0, 1] and a head that hardly turns', async () => {
    const frames = await motionOf(packetsOf(clip))
    expect(frames).toHaveLength(Math.ceil((clip.length * 30) / 16_000))
    for (const [i, frame] of frames.entries()) {
      expect(frame).toMatchObject({
        kind: 'motion',
        turn: 'turn',
        index: i,
        timestamp: framesToMicroseconds(i, 30),
      })
      expect(endOf(frame)).toBe(framesToMicroseconds(i + 1, 30))
      expect(frame.weights).toHaveLength(52)
      expect(frame.weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
      const limits = [3, 4, 2]
      frame.rotation.forEach((angle, axis) => {
        expect((Math.abs(angle) * 180) / Math.PI).toBeLessThanOrEqual(limits[axis]!)
      })
    }
  })

  it.each([25, 30, 60])(
    'counts frames exactly at %i fps and ends with the sound, for sounds of any length',
    async (fps) => {
      for (const length of [1, 159, 533, 534, 1600, 5333, 16_000]) {
        const frames = await motionOf(packetsOf(clip.slice(0, length)), { fps })
        expect(frames).toHaveLength(Math.ceil((length * fps) / 16_000))
        expect(endOf(frames.at(-1)!)).toBe(samplesToMicroseconds(length, 16_000))
      }
    },
  )

  it('gives the same motion however the sound is cut', async () => {
    const whole = await motionOf(packetsOf(clip, { sizes: [clip.length] }), { seed: 5 })
    const cut = await motionOf(packetsOf(clip, { sizes: randomSizes(4000) }), { seed: 5 })
    expect(cut).toHaveLength(whole.length)
    expect(largestDifference(whole, cut)).toBeLessThan(1e-5)
  })

  it('hears other sample rates, cut or whole, and says the same', async () => {
    const resampled = new Resampler(16_000, 22_050)
    const samples = joined(resampled.process(short).slice(), resampled.flush().slice())
    const original = await motionOf(packetsOf(short))
    const whole = await motionOf(packetsOf(samples, { sampleRate: 22_050, sizes: [samples.length] }))
    const cut = await motionOf(packetsOf(samples, { sampleRate: 22_050, sizes: randomSizes(3000) }))
    expect(largestDifference(whole, cut)).toBeLessThan(1e-5)
    expect(whole).toHaveLength(original.length)
    const jaw = weightsOf(original, 'jawOpen')
    const error = weightsOf(whole, 'jawOpen').map((value, i) => Math.abs(value - jaw[i]!))
    expect(error.reduce((sum, value) => sum + value, 0) / error.length).toBeLessThan(0.02)
  })

  it('looks like speech: 3–7 openings a second, wide and closed, never a jump', async () => {
    const frames = await motionOf(packetsOf(clip))
    const jaw = weightsOf(frames, 'jawOpen')
    const openings = jaw.filter(
      (value, i) => value > 0.12 && value > (jaw[i - 1] ?? 0) && value >= (jaw[i + 1] ?? 0),
    )
    expect(openings.length / 7.1).toBeGreaterThan(3)
    expect(openings.length / 7.1).toBeLessThan(7)
    expect(Math.max(...jaw)).toBeGreaterThan(0.35)
    const closures = frames.filter(
      ({ weights }) =>
        weights[B.mouthPressLeft]! > 0.22 && weights[B.jawOpen]! - weights[B.mouthClose]! < 0.03,
    )
    expect(closures.length).toBeGreaterThan(8)
    for (const name of ARTICULATION) {
      const values = weightsOf(frames, name)
      for (let i = 1; i < values.length; i++) {
        expect(Math.abs(values[i]! - values[i - 1]!), name).toBeLessThanOrEqual(FASTEST_MOUTH / 30 + 1e-6)
      }
    }
  })

  it('moves with the sound: opening and loudness agree best within 40 ms of each other', async () => {
    const jaw = weightsOf(await motionOf(packetsOf(clip), { fps: 100 }), 'jawOpen')
    const level = Array.from({ length: Math.floor(clip.length / 160) }, (_, k) => {
      const hop = clip.subarray(Math.max(0, k - 4) * 160, (k + 5) * 160)
      return 10 * Math.log10(hop.reduce((sum, sample) => sum + sample * sample, 0) / hop.length + 1e-7)
    })
    const correlations = Array.from({ length: 41 }, (_, i) => {
      const lag = i - 20
      return { lag, value: correlation(level, jaw.slice(Math.max(0, lag)), Math.max(0, -lag)) }
    })
    const best = correlations.reduce((a, b) => (b.value > a.value ? b : a))
    expect(Math.abs(best.lag) * 10).toBeLessThanOrEqual(40)
    expect(best.value).toBeGreaterThan(0.4)
  })

  it.each([-Infinity, -70, -55, -48])(
    'keeps the mouth shut and the face alive in noise of %f dB',
    async (level) => {
      const frames = await motionOf(packetsOf(roomNoise(3, level)))
      frames.forEach(expectClosed)
      expect(Math.max(...weightsOf(frames, 'eyeBlinkLeft'))).toBeGreaterThan(0.6)
    },
  )

  it('closes after speech and stays shut', async () => {
    const frames = await motionOf(packetsOf(joined(clip, roomNoise(1.5, -55))))
    frames.filter(({ timestamp }) => timestamp > 7_600_000).forEach(expectClosed)
  })

  it('comes to rest without a jump when the sound ends within a word', async () => {
    // 0.9 s lies within an open vowel.
    const frames = await motionOf(packetsOf(clip.slice(0, 14_400)))
    const jaw = weightsOf(frames, 'jawOpen')
    expect(Math.max(...jaw)).toBeGreaterThan(0.25)
    expect(jaw.at(-1)).toBeLessThan(0.03)
    expect(Math.max(...jaw.slice(1).map((value, i) => Math.abs(value - jaw[i]!)))).toBeLessThan(0.34)
  })

  it('lets the seed decide the idle life and not the lips', async () => {
    const [a, again, b] = await Promise.all([1, 1, 2].map((seed) => motionOf(packetsOf(clip), { seed })))
    expect(again).toEqual(a)
    for (const name of ARTICULATION) expect(weightsOf(b!, name), name).toEqual(weightsOf(a!, name))
    for (const name of ['eyeBlinkLeft', 'browInnerUp', 'eyeLookUpLeft'] as const) {
      expect(weightsOf(b!, name)).not.toEqual(weightsOf(a!, name))
    }
    expect(b![50]!.rotation).not.toEqual(a![50]!.rotation)
  })

  it('gives every channel a part in an emotional speech', async () => {
    // Of the eight emotions each 0.7 s of the clip has another.
    const emotion = (packet: number): number[] =>
      Array.from({ length: 8 }, (_, k) => (k === Math.floor(packet / 7) % 8 ? 1 : 0))
    const frames = await motionOf(packetsOf(clip, { emotion }), { seed: 3 })
    for (const name of BLENDSHAPE_NAMES) {
      const values = weightsOf(frames, name)
      expect(Math.max(...values) - Math.min(...values), name).toBeGreaterThan(0.004)
    }
  })

  it('shows the emotion of the text from where it is spoken', async () => {
    const happy = [1, 0, 0, 0, 0, 0, 0, 0]
    const cut: Cut = { emotion: (packet) => (packet >= 10 ? happy : undefined) }
    const smile = weightsOf(await motionOf(packetsOf(short, cut)), 'mouthSmileLeft')
    const neutral = weightsOf(await motionOf(packetsOf(short)), 'mouthSmileLeft')
    expect(smile.slice(0, 30)).toEqual(neutral.slice(0, 30))
    expect(smile[60]! - neutral[60]!).toBeGreaterThan(0.25)
  })

  it('goes on from the idle frame that it is told', async () => {
    const frames = await motionOf(packetsOf(short), { seed: 4, idleStart: () => 500 })
    const rotation: Rotation = [0, 0, 0]
    idleMotion(4, 30).write(500, new Float32Array(52), rotation)
    expect(frames[0]!.rotation).toEqual(rotation)
  })

  it('ends a turn of no sound without frames', async () => {
    expect(await motionOf([])).toEqual([])
  })

  it('sends each frame as soon as its look-ahead has been heard', async () => {
    await expectPrompt(packetsOf(short), engine, 200_000)
  })

  it('stops in the middle when the turn is cancelled, and the next turn finds the worker well', async () => {
    const turn = new Turn({ id: 'turn' })
    const frames: MotionPacket[] = []
    const audio = new Subject<AudioPacket>()
    const ended = new Promise<unknown>((resolve) => {
      audio.pipe(visemeExpression(engine, model).open(turn)).subscribe({
        next: (frame) => {
          frames.push(frame)
          if (frames.length === 5) turn.cancel()
        },
        error: resolve,
        complete: () => {
          resolve('completed')
        },
      })
    })
    for (const packet of packetsOf(clip)) audio.next(packet)
    expect(await ended).toBeInstanceOf(CancelledError)
    await turn.ended()
    expect(turn.running).toBe(0)
    expect(frames).toHaveLength(5)
    expect(await motionOf(packetsOf(short))).toHaveLength(Math.ceil((short.length * 30) / 16_000))
  })

  it('refuses a change of sample rate and a gap', async () => {
    const [first, second] = packetsOf(short)
    await expect(motionOf([first!, { ...second!, sampleRate: 8000 }])).rejects.toThrow(
      /sampleRate is 8000; the turn began with 16000 Hz/,
    )
    await expect(motionOf([first!, { ...second!, timestamp: 500_000 }])).rejects.toThrow(
      /timestamp is 500000 µs; the one before ended at 100000 µs/,
    )
  })

  it.each([
    [{ fps: 0 }, /fps is 0; it must be 1–100/],
    [{ seed: 0.5 }, /seed is 0.5; it must be an integer/],
    [{ emotion: [1] }, /emotion is \[1\]; it must be 8 numbers/],
  ])('refuses the options %j', (options, message) => {
    expect(() => visemeExpression(engine, model, options)).toThrow(InputError)
    expect(() => visemeExpression(engine, model, options)).toThrow(message)
  })
})

describe('amplitude', () => {
  const natural = { speech: 1, emotion: 1, life: 1 }
  const still = { speech: 0, emotion: 0, life: 0 }

  const openings = (frames: readonly MotionPacket[]): number[] => weightsOf(frames, 'jawOpen')
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length

  it('changes nothing at 1', async () => {
    const packets = packetsOf(short)
    const options = { seed: 3, emotion: 'happy' } as const
    expect(await motionOf(packets, { ...options, amplitude: natural })).toEqual(
      await motionOf(packets, options),
    )
  })

  it('stills everything but the blinks at 0', async () => {
    const frames = await motionOf(packetsOf(short), { seed: 3, emotion: 'angry', amplitude: still })
    for (const { weights, rotation } of frames) {
      expect(rotation.map(Math.abs)).toEqual([0, 0, 0])
      for (const [i, name] of BLENDSHAPE_NAMES.entries()) {
        if (!name.startsWith('eyeBlink')) expect(weights[i], name).toBeCloseTo(0, 6)
      }
    }
    expect(Math.max(...weightsOf(frames, 'eyeBlinkLeft'))).toBeGreaterThan(0.6)
  })

  it('opens the mouth further with more speech, within [0, 1]', async () => {
    const open = async (speech: number): Promise<MotionPacket[]> =>
      motionOf(packetsOf(short), { amplitude: { ...natural, speech } })
    const [half, whole, most] = [await open(0.5), await open(1), await open(2)]
    expect(mean(openings(half))).toBeLessThan(0.6 * mean(openings(whole)))
    expect(mean(openings(most))).toBeGreaterThan(1.4 * mean(openings(whole)))
    for (const { weights } of most) expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
    expectClosed(most.at(-1)!)
  })

  it('shows more of the emotion, whether it is set or comes with the words', async () => {
    const frown = async (emotion: number, felt?: readonly number[]): Promise<number> => {
      const packets = packetsOf(short, felt && { emotion: () => felt })
      const options = { ...(felt ? {} : { emotion: 'angry' as const }), amplitude: { ...natural, emotion } }
      return mean(weightsOf(await motionOf(packets, options), 'browDownLeft'))
    }
    const angry = [0, 1, 0, 0, 0, 0, 0, 0]
    expect(await frown(1.5)).toBeGreaterThan(1.3 * (await frown(1)))
    expect(await frown(1.5, angry)).toBeGreaterThan(1.3 * (await frown(1, angry)))
    expect(await frown(0)).toBeLessThan(0.03)
  })

  it('moves head, brows and eyes more with more life: at most 12° and never out of [0, 1]', async () => {
    const [calm, lively] = [idleMotion(5, 30, 0.1), idleMotion(5, 30, 3)].map((idle) =>
      Array.from({ length: 9000 }, (_, index) => {
        const weights = new Float32Array(52)
        const rotation: Rotation = [0, 0, 0]
        idle.write(index, weights, rotation)
        return { weights, rotation }
      }),
    )
    for (const axis of [0, 1, 2]) {
      const furthest = (frames: typeof calm): number =>
        Math.max(...frames!.map(({ rotation }) => Math.abs(rotation[axis]!)))
      expect(furthest(lively)).toBeGreaterThan(20 * furthest(calm))
      expect(furthest(lively)).toBeLessThanOrEqual((12 * Math.PI) / 180)
    }
    for (const { weights } of lively!) {
      expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
    }
  })

  it.each(['speech', 'emotion', 'life'] as const)('refuses a %s that is out of range', (part) => {
    for (const factor of [-0.1, 3.1, NaN]) {
      expect(() => visemeExpression(engine, model, { amplitude: { ...natural, [part]: factor } })).toThrow(
        new RegExp(`amplitude\\.${part} is ${factor}; it must be 0–`),
      )
    }
  })
})

describe('visemeExpression from phonemes', () => {
  /** "my baby may buy a map", as a voice might time it. */
  const spoken: readonly (readonly [string, number])[] = [
    ['', 150],
    ['m', 80],
    ['aɪ', 150],
    ['b', 60],
    ['eɪ', 120],
    ['b', 60],
    ['i', 90],
    ['m', 70],
    ['eɪ', 130],
    ['b', 60],
    ['aɪ', 150],
    ['ə', 60],
    ['m', 70],
    ['æ', 150],
    ['p', 90],
    ['', 400],
  ]
  const phonemes = spoken.map(([symbol, milliseconds], i) => ({
    symbol,
    timestamp: spoken.slice(0, i).reduce((sum, [, length]) => sum + length, 0) * 1000,
    duration: milliseconds * 1000,
  }))
  const seconds = (phonemes.at(-1)!.timestamp + phonemes.at(-1)!.duration) / 1e6
  const sampleRate = 22_050
  const sound = new Float32Array(Math.round(seconds * sampleRate))

  /** Phoneme times are enough: an engine that may not be used. */
  const unused: VisemeEngine = {
    id: 'unused',
    open: () => Promise.reject(new Error('The network was used.')),
    openPool: () => Promise.reject(new Error('The network was used.')),
    dispose: () => Promise.resolve(),
  }

  it('does not run the network, and covers the sound with frames', async () => {
    const frames = await motionOf(packetsOf(sound, { sampleRate, phonemes }), {}, unused)
    expect(frames).toHaveLength(Math.ceil((sound.length * 30) / sampleRate))
    expect(frames.every(({ weights }) => weights.every((weight) => weight >= 0 && weight <= 1))).toBe(true)
  })

  it.each([25, 30, 60])(
    'closes the lips on every m, b and p at %i fps, and opens on every vowel',
    async (fps) => {
      const frames = await motionOf(packetsOf(sound, { sampleRate, phonemes }), { fps }, unused)
      for (const { symbol, timestamp, duration } of phonemes) {
        const middle = (timestamp + duration / 2) / 1e6
        const { weights } = frames[Math.floor(middle * fps)]!
        if (['m', 'b', 'p'].includes(symbol)) {
          const gap = weights[B.jawOpen]! - weights[B.mouthClose]!
          expect(gap, `${symbol} at ${middle} s`).toBeLessThan(0.03)
          expect(weights[B.mouthLowerDownLeft], `${symbol} at ${middle} s`).toBeLessThan(0.03)
          expect(weights[B.mouthPressLeft], `${symbol} at ${middle} s`).toBeGreaterThan(0.15)
        } else if (['aɪ', 'æ', 'eɪ'].includes(symbol)) {
          expect(weights[B.jawOpen], `${symbol} at ${middle} s`).toBeGreaterThan(0.12)
        }
      }
    },
  )

  it('is shut and calm before and after', async () => {
    const frames = await motionOf(packetsOf(sound, { sampleRate, phonemes }), {}, unused)
    expectClosed(frames[0]!)
    frames.filter(({ timestamp }) => timestamp / 1e6 > seconds - 0.25).forEach(expectClosed)
  })

  it('gives the same motion however the sound is cut', async () => {
    const whole = await motionOf(
      packetsOf(sound, { sampleRate, phonemes, sizes: [sound.length] }),
      {},
      unused,
    )
    const cut = await motionOf(
      packetsOf(sound, { sampleRate, phonemes, sizes: randomSizes(3000) }),
      {},
      unused,
    )
    expect(largestDifference(whole, cut)).toBeLessThan(1e-6)
  })

  it('sends each frame as soon as its look-ahead has been heard, the first after 0.12 s', async () => {
    const packets = packetsOf(sound, { sampleRate, phonemes, sizes: [sampleRate * 0.02] })
    await expectPrompt(packets, unused, 120_000)
  })
})

/**
 * Feeds packets one at a time and waits, before the next, for the frames that must have left: all that lie before the
 * look-ahead, and the first one when `firstAfter` microseconds have been heard.
 */
async function expectPrompt(
  packets: readonly AudioPacket[],
  using: VisemeEngine,
  firstAfter: number,
): Promise<void> {
  const turn = new Turn({ id: 'turn' })
  const stage = visemeExpression(using, model)
  const audio = new Subject<AudioPacket>()
  let position = 0
  const subscription = audio.pipe(stage.open(turn)).subscribe((frame) => {
    position = endOf(frame)
  })
  for (const packet of packets) {
    const heard = endOf(packet)
    audio.next(packet)
    const dueFrames = Math.floor(((heard - stage.lookahead) * 30) / 1e6)
    const due = framesToMicroseconds(Math.max(dueFrames, heard >= firstAfter ? 1 : 0), 30)
    await vi.waitFor(
      () => {
        expect(position).toBeGreaterThanOrEqual(due)
      },
      { timeout: 5000, interval: 2 },
    )
    // No frame is a guess: the sound that it shows has been heard.
    expect(position).toBeLessThanOrEqual(heard)
  }
  subscription.unsubscribe()
  await turn.ended()
}

function correlation(a: readonly number[], b: readonly number[], from: number): number {
  const pairs = a
    .slice(from)
    .map((value, i) => [value, b[i]] as const)
    .filter((pair): pair is readonly [number, number] => pair[1] !== undefined)
  const mean = (side: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length
  const [meanA, meanB] = [mean(0), mean(1)]
  const sum = (f: (x: number, y: number) => number): number =>
    pairs.reduce((total, [x, y]) => total + f(x - meanA, y - meanB), 0)
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y))
}
