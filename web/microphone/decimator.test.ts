import { describe, expect, it } from 'vitest'
import { decimationOf, Decimator } from './decimator.js'

const RATE = 48_000

/** A second of a tone, through a decimator in quanta; its loudness when the filter has settled. */
function loudness(frequency: number, factor: number): number {
  const decimator = new Decimator(factor)
  const tone = Float32Array.from({ length: RATE }, (_, n) => Math.sin((2 * Math.PI * frequency * n) / RATE))
  const output = new Float32Array(RATE / factor)
  let length = 0
  for (let at = 0; at < RATE; at += 128) length = decimator.push(tone.subarray(at, at + 128), output, length)
  expect(length).toBe(RATE / factor)
  const settled = output.subarray(100)
  return Math.sqrt(settled.reduce((sum, sample) => sum + sample * sample, 0) / settled.length)
}

describe('Decimator', () => {
  it('keeps what speech is made of, and nothing that would come back as another tone', () => {
    const whole = Math.SQRT1_2
    expect(loudness(0, 3)).toBe(0)
    expect(loudness(200, 3)).toBeCloseTo(whole, 2)
    expect(loudness(5_000, 3)).toBeCloseTo(whole, 2)
    expect(loudness(9_000, 3)).toBeLessThan(0.001)
    expect(loudness(15_000, 3)).toBeLessThan(0.001)
  })

  it('leaves a rate as it is when there is nothing to divide', () => {
    const output = new Float32Array(3)
    expect(new Decimator(1).push(Float32Array.of(1, -1, 0.5), output, 0)).toBe(3)
    expect([...output]).toEqual([1, -1, 0.5])
  })
})

it.each([
  [16_000, 1],
  [24_000, 1],
  [44_100, 2],
  [48_000, 3],
  [96_000, 6],
])('%i Hz is divided by %i', (rate, factor) => {
  expect(decimationOf(rate)).toBe(factor)
})
