import { describe, expect, it } from 'vitest'
import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX as B } from '../../../pipeline/blendshapes.js'
import type { Rotation } from '../idle/idle-motion.js'
import { AccentDetector, type Accent } from './accents.js'
import { AccentGestures, DEEPEST_NOD } from './gestures.js'
import { PitchTracker } from './pitch.js'

interface Syllable {
  readonly seconds: number
  readonly hertz: number
  readonly amplitude: number
}

/** A buzz with the harmonics of a voice; amplitude 0 is a pause. */
function voice(sampleRate: number, syllables: readonly Syllable[]): Float32Array {
  const samples: number[] = []
  let phase = 0
  for (const { seconds, hertz, amplitude } of syllables) {
    for (let n = 0; n < seconds * sampleRate; n++) {
      phase += (2 * Math.PI * hertz) / sampleRate
      let value = 0
      for (let harmonic = 1; harmonic <= 8; harmonic++) value += Math.sin(harmonic * phase) / harmonic
      samples.push(amplitude * value)
    }
  }
  return Float32Array.from(samples)
}

function accentsOf(samples: Float32Array, sampleRate: number, size = samples.length): Accent[] {
  const detector = new AccentDetector(sampleRate)
  const accents: Accent[] = []
  for (let at = 0; at < samples.length; at += size) {
    detector.process(samples.subarray(at, at + size), (accent) => accents.push(accent))
  }
  return accents
}

const calm = { seconds: 1.5, hertz: 120, amplitude: 0.05 }
const stressed = { seconds: 0.25, hertz: 160, amplitude: 0.16 }

describe('PitchTracker', () => {
  it.each([
    [80, 16_000],
    [120, 22_050],
    [220, 24_000],
    [330, 48_000],
    [150, 8000],
  ])('finds %i Hz at %i Hz within 3 %%', (hertz, sampleRate) => {
    const tracker = new PitchTracker(sampleRate)
    const samples = voice(sampleRate, [{ seconds: 0.2, hertz, amplitude: 0.2 }])
    tracker.push(samples, 0, samples.length)
    expect(Math.abs(tracker.estimate() / hertz - 1)).toBeLessThan(0.03)
  })

  it('finds none in noise and in silence', () => {
    const tracker = new PitchTracker(16_000)
    const noise = Float32Array.from({ length: 3200 }, (_, n) =>
      Math.sin(n * 12.9898 + Math.sin(n * 78.233) * 437.5),
    )
    tracker.push(noise, 0, noise.length)
    expect(tracker.estimate()).toBe(0)
    tracker.push(new Float32Array(3200), 0, 3200)
    expect(tracker.estimate()).toBe(0)
  })
})

describe('AccentDetector', () => {
  it('hears the syllable that is louder and higher, within 0.1 s of its start', () => {
    const accents = accentsOf(voice(16_000, [calm, stressed, calm]), 16_000)
    expect(accents).toHaveLength(1)
    expect(accents[0]!.time).toBeGreaterThan(1.5)
    expect(accents[0]!.time).toBeLessThan(1.6)
    expect(accents[0]!.strength).toBeGreaterThan(0.4)
  })

  it('hears none in even speech, and none in silence', () => {
    expect(accentsOf(voice(22_050, [calm, calm]), 22_050)).toEqual([])
    expect(accentsOf(new Float32Array(32_000), 16_000)).toEqual([])
  })

  it('leaves time between accents', () => {
    const pair = [stressed, { ...calm, seconds: 0.2 }]
    const accents = accentsOf(voice(16_000, [calm, ...pair, ...pair, ...pair, ...pair, calm]), 16_000)
    for (let i = 1; i < accents.length; i++) {
      expect(accents[i]!.time - accents[i - 1]!.time).toBeGreaterThanOrEqual(0.9)
    }
  })

  it('hears the same however the sound is cut', () => {
    const samples = voice(22_050, [calm, stressed, calm, stressed, calm])
    const whole = accentsOf(samples, 22_050)
    expect(whole.length).toBeGreaterThan(0)
    expect(accentsOf(samples, 22_050, 97)).toEqual(whole)
    expect(accentsOf(samples, 22_050, 5000)).toEqual(whole)
  })
})

describe('AccentGestures', () => {
  function shownBy(seed: number): { brow: number[]; pitch: number[] } {
    const gestures = new AccentGestures(seed)
    for (let i = 0; i < 8; i++) gestures.add({ time: 1 + i, strength: 1 })
    const brow: number[] = []
    const pitch: number[] = []
    for (let i = 0; i < 300; i++) {
      const weights = new Float32Array(BLENDSHAPE_COUNT)
      const rotation: Rotation = [0, 0, 0]
      gestures.apply(i / 30, 1, weights, rotation)
      brow.push(weights[B.browInnerUp]!)
      pitch.push(rotation[0])
    }
    return { brow, pitch }
  }

  it('raises the brows and nods down after an accent, smoothly, and returns to rest', () => {
    const { brow, pitch } = shownBy(1)
    expect(brow.slice(0, 30).every((value) => value === 0)).toBe(true)
    expect(Math.max(...brow)).toBeGreaterThan(0.14)
    expect(Math.max(...pitch)).toBeGreaterThan(0.9 * DEEPEST_NOD)
    expect(Math.max(...pitch)).toBeLessThanOrEqual(DEEPEST_NOD)
    expect(Math.min(...pitch)).toBe(0)
    expect(Math.max(...brow.slice(1).map((value, i) => Math.abs(value - brow[i]!)))).toBeLessThan(0.06)
    expect(brow.at(-1)).toBe(0)
  })

  it('shows most accents but not all, as the seed decides', () => {
    const counts = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { brow } = shownBy(seed)
      return brow.filter((value, i) => value > 0 && brow[i - 1] === 0).length
    })
    expect(Math.max(...counts)).toBeLessThanOrEqual(8)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(24)
    expect(new Set(counts).size).toBeGreaterThan(1)
  })
})
