import { describe, expect, it } from 'vitest'
import { InputError } from '../../../errors.js'
import { referenceStyle } from './reference-style.js'

const RATE = 16_000

/** Syllables of a buzz: `perSecond` swells of a voice of the given pitch. */
function speaker(pitch: number, perSecond: number, seconds = 6): Float32Array {
  return Float32Array.from({ length: seconds * RATE }, (_, n) => {
    const time = n / RATE
    const swell = 0.02 + Math.sin(Math.PI * perSecond * time) ** 2
    let sample = 0
    for (let harmonic = 1; harmonic <= 8; harmonic++) {
      sample += Math.sin(2 * Math.PI * harmonic * pitch * time + harmonic) / harmonic
    }
    return 0.2 * swell * sample
  })
}

describe('referenceStyle', () => {
  it.each([
    [96, -12],
    [120, -8.14],
    [192, 0],
    [256, 4.98],
  ])('hears a speaker of %i Hz as %d semitones from the voice', (pitch, semitones) => {
    expect(referenceStyle(speaker(pitch, 4), RATE).pitch).toBeCloseTo(semitones, 0)
  })

  it('hears who speaks faster, within what the voice can do', () => {
    const [slow, even, fast] = [3, 4.8, 6.5].map((rate) => referenceStyle(speaker(150, rate), RATE).rate!)
    expect(even).toBeCloseTo(1, 0)
    expect(slow!).toBeLessThan(even! * 0.8)
    expect(fast!).toBeGreaterThan(even! * 1.3)
    expect(slow!).toBeGreaterThanOrEqual(0.5)
    expect(fast!).toBeLessThanOrEqual(2)
  })

  it('refuses a recording without a voice', () => {
    expect(() => referenceStyle(new Float32Array(RATE), RATE)).toThrow(InputError)
    expect(() => referenceStyle(new Float32Array(0), RATE)).toThrow(
      /0\.00 s of voice; it needs at least 0\.3 s/,
    )
  })
})
