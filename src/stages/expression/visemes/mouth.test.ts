import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LogMelStream, type LogMelOptions } from '../../../dsp/mel-stream.js'
import { ModelLoadError } from '../../../errors.js'
import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX as B } from '../../../pipeline/blendshapes.js'
import { emotionOffsets, type EmotionName } from '../emotion.js'
import { EmotionTrack } from '../emotion-track.js'
import { idleMotion, type Rotation } from '../idle/idle-motion.js'
import { AccentGestures } from '../prosody/gestures.js'
import { MouthShape } from './arkit.js'
import { parseVisemeNetwork, parseVisemeTable } from './contract.js'
import { CurveFrames } from './curve-frames.js'
import { Face, FASTEST_MOUTH } from './face.js'
import { SpeechGate } from './speech-gate.js'

const table = parseVisemeTable(
  JSON.parse(readFileSync(new URL('../../../../models/visemes/visemes.json', import.meta.url), 'utf8')),
)

function channelValues(values: Readonly<Record<string, number>>): Float32Array {
  return Float32Array.from(table.channels, (channel) => values[channel] ?? 0)
}

describe('contract', () => {
  it('names every field of model.json that is missing', () => {
    expect(() => parseVisemeNetwork({ files: [], inputs: [] })).toThrow(ModelLoadError)
    expect(() => parseVisemeNetwork({ files: [], inputs: [] })).toThrow(
      /sampleRate: [\s\S]*lookaheadFrames: /,
    )
  })

  it('names the channel of visemes.json that ARKit does not know', () => {
    const wrong = { ...table, arkit: { jawOpen: ['jawAjar'] } }
    expect(() => parseVisemeTable(wrong)).toThrow(/visemes\.json is not valid: arkit\.jawOpen\.0: /)
  })
})

describe('CurveFrames', () => {
  function framesOf(
    rate: number,
    fps: number,
    curve: readonly number[],
  ): { frames: number[]; readyAt: number[] } {
    const frames: number[] = []
    const readyAt: number[] = []
    const sampler = new CurveFrames(rate, fps, 1)
    const frame = new Float32Array(1)
    for (const value of curve) {
      sampler.push(Float32Array.of(value))
      while (sampler.next(frame)) {
        frames.push(frame[0]!)
        readyAt.push(sampler.rows)
      }
    }
    return { frames, readyAt }
  }

  it.each([
    [100, 30],
    [100, 25],
    [100, 60],
    [100, 100],
    [100, 29.97],
    [100, 1],
  ])('makes the mean of each frame from %i rows at %f fps, in time', (rate, fps) => {
    const ramp = Array.from({ length: 500 }, (_, k) => (k + 0.5) / rate)
    const { frames, readyAt } = framesOf(rate, fps, ramp)
    expect(frames).toHaveLength(Math.floor((500 * fps) / rate + 1e-9))
    for (const [i, value] of frames.entries()) {
      // The mean of a ramp is its value in the middle; rows are 1 / rate wide steps of it.
      expect(Math.abs(value - (i + 0.5) / fps)).toBeLessThan(0.3 / rate)
      expect(readyAt[i]).toBe(Math.ceil(((i + 1) * rate) / fps - 1e-6))
    }
  })

  it('keeps a constant constant', () => {
    for (const value of framesOf(100, 30, new Array<number>(200).fill(0.7)).frames)
      expect(value).toBeCloseTo(0.7, 6)
  })
})

describe('MouthShape', () => {
  const mouth = new MouthShape(table.channels, table)
  const weights = new Float32Array(BLENDSHAPE_COUNT)

  it('moves both sides, almost alike', () => {
    mouth.write(channelValues({ mouthSmile: 0.5, mouthStretch: 0.4 }), weights)
    expect(weights[B.mouthSmileLeft]).not.toBe(weights[B.mouthSmileRight])
    expect(Math.abs(weights[B.mouthSmileLeft]! / weights[B.mouthSmileRight]! - 1)).toBeLessThan(0.1)
    expect((weights[B.mouthStretchLeft]! + weights[B.mouthStretchRight]!) / 2).toBeCloseTo(0.4)
  })

  it('is shut and still for values of zero', () => {
    mouth.write(channelValues({}), weights)
    expect(weights.every((weight) => weight === 0)).toBe(true)
  })

  it('closes the lips over the jaw where they are pressed, whatever else is asked for', () => {
    mouth.write(
      channelValues({
        mouthPress: 0.35,
        jawOpen: 0.15,
        mouthLowerDown: 0.2,
        mouthUpperUp: 0.1,
        mouthFunnel: 0.1,
      }),
      weights,
    )
    expect(mouth.seal).toBe(1)
    expect(weights[B.jawOpen]! - weights[B.mouthClose]!).toBeCloseTo(0)
    expect(weights[B.jawOpen]).toBeLessThan(0.08)
    for (const name of ['mouthLowerDownLeft', 'mouthUpperUpRight', 'mouthFunnel'] as const) {
      expect(weights[B[name]]).toBe(0)
    }
    expect(weights[B.mouthPressLeft]).toBeGreaterThan(0.3)
  })

  it('stays within [0, 1] for any values in [0, 1]', () => {
    for (let i = 0; i < 200; i++) {
      const values = Float32Array.from(table.channels, (_, c) => Math.abs(Math.sin(i * 12.9898 + c * 78.233)))
      mouth.write(values, weights)
      expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
      expect(weights[B.mouthClose]).toBeLessThanOrEqual(weights[B.jawOpen]!)
    }
  })
})

describe('SpeechGate', () => {
  const frontEnd: LogMelOptions = {
    sampleRate: 16_000,
    window: 400,
    hop: 160,
    fftSize: 512,
    bands: 40,
    lowHz: 60,
    highHz: 7600,
    floor: 1e-6,
  }

  /** Gate values, one a hop, of noise whose level in dB is given for each 0.1 s. */
  function gateOf(levels: readonly number[]): number[] {
    let seed = 1
    const samples = levels.flatMap((level) =>
      Array.from({ length: 1600 }, () => {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
        // Uniform noise of this amplitude has a mean square of a third of its square.
        return (seed / 2 ** 31 - 1) * Math.sqrt(3) * 10 ** (level / 20)
      }),
    )
    const mel = new LogMelStream(frontEnd).process(Float32Array.from(samples))
    const gate = new SpeechGate(frontEnd, 0.17)
    return Array.from({ length: mel.length / 40 }, (_, k) => gate.next(mel, k * 40))
  }
  const many = (count: number, level: number): number[] => new Array<number>(count).fill(level)

  it('stays shut in a quiet room, whatever its noise', () => {
    for (const level of [-90, -70, -60, -50, -46])
      expect(Math.max(...gateOf(many(20, level)))).toBeLessThan(0.05)
  })

  it('opens within 60 ms of a voice and closes within 0.4 s after it', () => {
    const gate = gateOf([...many(10, -55), ...many(10, -25), ...many(10, -55)])
    expect(gate[98]).toBeLessThan(0.05)
    expect(gate[107]).toBe(1)
    expect(Math.min(...gate.slice(107, 200))).toBe(1)
    expect(gate[240]).toBe(0)
  })

  it('opens for a voice that begins with the first sample', () => {
    expect(gateOf(many(3, -25))[7]).toBe(1)
  })

  it('opens for a quiet voice in a quiet room', () => {
    expect(gateOf([...many(10, -80), ...many(5, -48)])[110]).toBe(1)
  })

  it('holds through the closure of a plosive', () => {
    const gate = gateOf([...many(5, -55), ...many(5, -25), -55, ...many(5, -25)])
    expect(Math.min(...gate.slice(60, 150))).toBe(1)
  })
})

describe('Face', () => {
  interface Frame {
    readonly weights: Float32Array
    readonly rotation: Rotation
  }

  /** Frames of a mouth that is given values by index. */
  function framesOf(
    count: number,
    valuesAt: (index: number) => Readonly<Record<string, number>>,
    emotion: EmotionName = 'neutral',
    seed = 1,
  ): Frame[] {
    const face = new Face({
      fps: 30,
      idle: idleMotion(seed, 30),
      mouth: new MouthShape(table.channels, table),
      emotion: new EmotionTrack(30, emotionOffsets(emotion)),
      gestures: new AccentGestures(seed),
    })
    return Array.from({ length: count }, (_, index) => {
      const frame: Frame = { weights: new Float32Array(BLENDSHAPE_COUNT), rotation: [0, 0, 0] }
      face.write(index, (index + 0.5) / 30, channelValues(valuesAt(index)), 1, frame.weights, frame.rotation)
      return frame
    })
  }

  const EVERY_EMOTION: readonly EmotionName[] = [
    'happy',
    'angry',
    'sad',
    'afraid',
    'disgusted',
    'surprised',
    'contempt',
  ]

  it.each(EVERY_EMOTION)('keeps the mouth shut in silence when %s', (emotion) => {
    for (const { weights } of framesOf(60, () => ({}), emotion)) {
      for (const name of [
        'jawOpen',
        'mouthLowerDownLeft',
        'mouthUpperUpRight',
        'mouthFunnel',
        'tongueOut',
      ] as const) {
        expect(weights[B[name]]).toBeLessThan(0.001)
      }
    }
  })

  it.each(EVERY_EMOTION)('closes the lips for m when %s, and shows the emotion all the same', (emotion) => {
    const vowel = { jawOpen: 0.5, mouthLowerDown: 0.2, mouthUpperUp: 0.1 }
    const lips = { jawOpen: 0.03, mouthPress: 0.35, mouthRollLower: 0.25, mouthRollUpper: 0.2 }
    const frames = framesOf(8, (i) => (i < 4 ? vowel : lips), emotion)
    const closed = frames[6]!.weights
    expect(closed[B.jawOpen]! - closed[B.mouthClose]!).toBeLessThan(0.005)
    expect(closed[B.mouthLowerDownLeft]! + closed[B.mouthUpperUpLeft]!).toBeLessThan(0.005)
    const neutral = framesOf(8, (i) => (i < 4 ? vowel : lips))[6]!.weights
    const difference = closed.reduce((sum, weight, i) => sum + Math.abs(weight - neutral[i]!), 0)
    expect(difference).toBeGreaterThan(0.5)
  })

  it('smiles less on rounded lips', () => {
    const smiling = framesOf(10, () => ({ mouthPucker: 0.7, mouthFunnel: 0.2 }), 'happy').at(-1)!.weights
    const resting = framesOf(10, () => ({}), 'happy').at(-1)!.weights
    expect(smiling[B.mouthSmileLeft]).toBeLessThan(0.65 * resting[B.mouthSmileLeft]!)
    expect(smiling[B.mouthSmileLeft]).toBeGreaterThan(0.1)
  })

  it('never moves the mouth faster than a mouth moves, even when it is told to', () => {
    const frames = framesOf(40, (i) => (i % 4 < 2 ? { jawOpen: 1, mouthPucker: 1 } : {}))
    for (let i = 1; i < frames.length; i++) {
      const step = Math.abs(frames[i]!.weights[B.jawOpen]! - frames[i - 1]!.weights[B.jawOpen]!)
      expect(step).toBeLessThanOrEqual(FASTEST_MOUTH / 30 + 1e-6)
    }
    expect(frames[0]!.weights[B.jawOpen]).toBeLessThanOrEqual(FASTEST_MOUTH / 30 + 1e-6)
  })

  it('does not look up and down at once, nor widen an eye that is shut', () => {
    for (const { weights } of framesOf(600, () => ({}), 'surprised', 4)) {
      expect(Math.min(weights[B.eyeLookUpLeft]!, weights[B.eyeLookDownLeft]!)).toBe(0)
      expect(weights[B.eyeWideLeft]! + weights[B.eyeBlinkLeft]!).toBeLessThan(1.2)
    }
  })
})
