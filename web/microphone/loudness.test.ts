import { expect, it } from 'vitest'
import { loudnessOf } from './loudness.js'

it('goes evenly from silence to full scale', () => {
  const tone = (amplitude: number) => new Float32Array(100).fill(amplitude)
  expect(loudnessOf(tone(0))).toBe(0)
  expect(loudnessOf(tone(0.001))).toBeCloseTo(0)
  expect(loudnessOf(tone(10 ** -1.5))).toBeCloseTo(0.5)
  expect(loudnessOf(tone(1))).toBeCloseTo(1)
  expect(loudnessOf(new Float32Array(0))).toBe(0)
})
