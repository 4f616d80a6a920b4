import { expect, it } from 'vitest'
import { OneRate } from './one-rate.js'

const TARGET = 24_000

/** How long a second of sound, in pieces, is at the other rate: samples. */
function lengthOf(sampleRate: number, sound = new OneRate(TARGET)): number {
  const piece = new Float32Array(sampleRate / 50)
  let length = 0
  for (let count = 0; count < 50; count += 1) length += sound.take(piece, sampleRate).length
  return length
}

/** Samples that a filter may hold back. */
const HELD = 60

it.each([16_000, 22_050, 44_100, 48_000])('keeps the length of sound of %i Hz', (sampleRate) => {
  expect(lengthOf(sampleRate)).toBeGreaterThan(TARGET - HELD)
  expect(lengthOf(sampleRate)).toBeLessThanOrEqual(TARGET)
})

it('leaves sound of its own rate alone, and takes another rate at any time', () => {
  const sound = new OneRate(TARGET)
  const samples = new Float32Array(480)
  expect(sound.take(samples, TARGET)).toBe(samples)
  expect(lengthOf(16_000, sound)).toBeGreaterThan(TARGET - HELD)
  expect(sound.take(samples, 24_010)).toBe(samples)
})
