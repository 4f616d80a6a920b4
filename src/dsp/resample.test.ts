import { describe, expect, it } from 'vitest'
import { rms } from './pcm.js'
import { Resampler } from './resample.js'

function sine(frequency: number, sampleRate: number, length = sampleRate): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / sampleRate))
}

/** Feeds `input` in pieces and joins what comes out. */
function convert(resampler: Resampler, input: Float32Array, piece: number): Float32Array {
  const output: number[] = []
  for (let at = 0; at < input.length; at += piece)
    output.push(...resampler.process(input.subarray(at, at + piece)))
  output.push(...resampler.flush())
  return Float32Array.from(output)
}

const decibels = (ratio: number): number => 20 * Math.log10(ratio)

/** The middle, where the silence around the signal does not reach. */
const middleOf = (samples: Float32Array): Float32Array =>
  samples.subarray(Math.round(samples.length * 0.2), Math.round(samples.length * 0.8))

const pairs = [
  [44_100, 16_000],
  [22_050, 16_000],
  [48_000, 16_000],
  [16_000, 48_000],
  [8000, 16_000],
  [16_000, 16_000],
] as const

describe('Resampler', () => {
  it.each(pairs)('%i → %i keeps tones in place, phase and level', (from, to) => {
    for (const part of [0.01, 0.3, 0.75]) {
      const frequency = Math.round((part * Math.min(from, to)) / 2)
      const output = convert(new Resampler(from, to), sine(frequency, from), 1000)
      const expected = sine(frequency, to)
      expect(output).toHaveLength(expected.length)
      const error = middleOf(output.map((sample, i) => sample - expected[i]!))
      expect(decibels(rms(error) / Math.SQRT1_2), `${frequency} Hz`).toBeLessThan(-85)
    }
  })

  it.each(pairs)('%i → %i has the same output however the input is cut, and its exact length', (from, to) => {
    const input = sine(440, from, 9001).map((sample, i) => (i === 0 ? 1 : sample))
    const resampler = new Resampler(from, to)
    const whole = convert(resampler, input, input.length)
    expect(whole).toHaveLength(Math.round((input.length * to) / from))
    // The same object again: flush has made it new.
    for (const piece of [1, 441, 5000]) expect(convert(resampler, input, piece)).toEqual(whole)
  })

  it.each([
    [44_100, 16_000],
    [22_050, 16_000],
    [48_000, 16_000],
  ])('%i → %i passes speech frequencies and folds back nothing above -80 dB', (from, to) => {
    const level = (frequency: number): number =>
      decibels(rms(middleOf(convert(new Resampler(from, to), sine(frequency, from), 4096))) / Math.SQRT1_2)
    expect(Math.abs(level(6000))).toBeLessThan(0.01)
    expect(Math.abs(level(7200))).toBeLessThan(0.5)
    for (const frequency of [8400, 9000, 10_000, 10_900, ...(from > 30_000 ? [15_999, 20_000] : [])]) {
      expect(level(frequency), `${frequency} Hz`).toBeLessThan(-80)
    }
  })

  it('gives a click at the time it came', () => {
    const click = new Float32Array(2205)
    click[441] = 1
    const output = convert(new Resampler(22_050, 16_000), click, 100)
    const largest = output.reduce((best, sample, i) => (sample > output[best]! ? i : best), 0)
    expect(largest).toBe(320)
  })

  it('writes into a given array, and says when it is too short', () => {
    const resampler = new Resampler(22_050, 16_000)
    const input = sine(1000, 22_050, 2205)
    const expected = resampler.process(input).slice()
    resampler.flush()
    const output = new Float32Array(1601)
    const view = resampler.process(input, output)
    expect(view.buffer).toBe(output.buffer)
    expect(view).toEqual(expected)
    expect(() => resampler.process(input, new Float32Array(10))).toThrow(/output holds 10 samples/)
  })

  it('refuses rates it cannot do', () => {
    expect(() => new Resampler(0, 16_000)).toThrow(RangeError)
    expect(() => new Resampler(16_000.5, 16_000)).toThrow(RangeError)
    expect(() => new Resampler(44_101, 768_001)).toThrow(/too fine/)
  })

  it('gives nothing for nothing', () => {
    const resampler = new Resampler(22_050, 16_000)
    expect(resampler.process(new Float32Array(0))).toHaveLength(0)
    expect(resampler.flush()).toHaveLength(0)
  })
})
