import { describe, expect, it } from 'vitest'
import { melFilters } from './mel-filters.js'
import { LogMelStream, type LogMelOptions } from './mel-stream.js'

const OPTIONS: LogMelOptions = {
  sampleRate: 16_000,
  window: 400,
  hop: 160,
  fftSize: 512,
  bands: 40,
  lowHz: 60,
  highHz: 7600,
  floor: 1e-6,
}

function noise(length: number): Float32Array {
  return Float32Array.from({ length }, (_, n) => 0.5 * Math.sin(n * 12.9898 + Math.sin(n * 78.233) * 437.5))
}

function inPieces(samples: Float32Array, sizes: readonly number[]): Float32Array {
  const stream = new LogMelStream(OPTIONS)
  const rows: number[] = []
  for (let at = 0, i = 0; at < samples.length; i++) {
    const size = sizes[i % sizes.length]!
    rows.push(...stream.process(samples.subarray(at, at + size)))
    at += size
  }
  return Float32Array.from(rows)
}

describe('melFilters', () => {
  it('lays neighbouring triangles so that they sum to one between the first and the last peak', () => {
    const filters = melFilters(OPTIONS)
    const sums = new Float64Array(257)
    for (const { firstBin, weights } of filters) {
      weights.forEach((weight, i) => (sums[firstBin + i]! += weight))
    }
    // 93.75 Hz … 7 187.5 Hz lies inside the peaks of the outermost triangles.
    for (let bin = 4; bin <= 225; bin++) expect(sums[bin]).toBeCloseTo(1, 10)
  })

  it('refuses corners above half the sample rate', () => {
    expect(() => melFilters({ ...OPTIONS, highHz: 8001 })).toThrow(
      /highHz ≤ 8000, got lowHz 60 and highHz 8001/,
    )
  })
})

describe('LogMelStream', () => {
  it('makes one frame a hop and none before the first hop is complete', () => {
    const stream = new LogMelStream(OPTIONS)
    expect(stream.process(new Float32Array(159))).toHaveLength(0)
    expect(stream.process(new Float32Array(1))).toHaveLength(40)
    expect(stream.process(new Float32Array(330))).toHaveLength(80)
    expect(stream.process(new Float32Array(150))).toHaveLength(40)
  })

  it('writes the logarithm of the floor in digital silence', () => {
    const frames = new LogMelStream(OPTIONS).process(new Float32Array(1600))
    for (const value of frames) expect(value).toBeCloseTo(Math.log(1e-6), 5)
  })

  it('gives the same frames however the samples are cut', () => {
    const samples = noise(16_000)
    const whole = new LogMelStream(OPTIONS).process(samples)
    expect(whole).toHaveLength(100 * 40)
    expect(inPieces(samples, [1, 7, 160, 399, 401, 1024, 3])).toEqual(whole)
  })

  it('ends the window of frame k with hop k: a click reaches exactly the frames that hold it', () => {
    const samples = new Float32Array(1600)
    samples[480] = 1 // The windows of 400 samples that end with hops 3 and 4 hold it; that of hop 5 starts at 560.
    const frames = new LogMelStream(OPTIONS).process(samples)
    const loud = Array.from({ length: 10 }, (_, k) => frames[k * 40 + 20]! > Math.log(1e-6) + 1)
    expect(loud).toEqual([3, 4].reduce((l, k) => l.with(k, true), new Array<boolean>(10).fill(false)))
  })

  it('puts a tone into the band around its frequency', () => {
    const tone = Float32Array.from({ length: 1600 }, (_, n) => Math.sin((2 * Math.PI * 1000 * n) / 16_000))
    const frame = new LogMelStream(OPTIONS).process(tone).subarray(9 * 40)
    // 1000 Hz is 1000 mel; peaks lie 65.7 mel apart after 92.6 mel, so that band 13, at 1013 mel, is the nearest.
    expect(frame.indexOf(Math.max(...frame))).toBe(13)
  })
})
