import { describe, expect, it } from 'vitest'
import { InputError } from '../../errors.js'
import { prosodyOf } from './prosody.js'

const only = (index: number, strength = 1): number[] =>
  Array.from({ length: 8 }, (_, i) => (i === index ? strength : 0))

describe('prosodyOf', () => {
  it('is the voice itself when nothing is asked', () => {
    const plain = { rate: 1, pitch: 0, range: 1, volume: 1 }
    expect(prosodyOf()).toEqual(plain)
    expect(prosodyOf({ emotion: only(0, 0) })).toEqual(plain)
  })

  it('makes anger fast and loud, sadness slow, low and flat', () => {
    const angry = prosodyOf({ emotion: only(1) })
    const sad = prosodyOf({ emotion: only(2) })
    expect(angry.rate).toBeGreaterThan(1)
    expect(angry.volume).toBeGreaterThan(1.2)
    expect(sad.rate).toBeLessThan(0.9)
    expect(sad.pitch).toBeLessThan(0)
    expect(sad.range).toBeLessThan(0.7)
  })

  it('scales with the strength, and adds to what is asked otherwise', () => {
    const full = prosodyOf({ emotion: only(6) })
    const half = prosodyOf({ emotion: only(6, 0.5), rate: 1.5, pitch: 2 })
    expect(half.range).toBeCloseTo(Math.sqrt(full.range), 9)
    expect(half.pitch).toBeCloseTo(full.pitch / 2 + 2, 9)
    expect(half.rate).toBeCloseTo(Math.sqrt(full.rate) * 1.5, 9)
  })

  it('mixes many emotions without going further than the strongest', () => {
    const all = prosodyOf({ emotion: Array.from({ length: 8 }, () => 1) })
    expect(all.rate).toBeGreaterThan(0.8)
    expect(all.rate).toBeLessThan(1.2)
    expect(Math.abs(all.pitch)).toBeLessThan(3.5)
  })

  it.each([
    [{ rate: 3 }, /voice\.rate is 3; it must be a number from 0\.5 to 2/],
    [{ rate: Number.NaN }, /voice\.rate is NaN/],
    [{ pitch: -13 }, /voice\.pitch is -13; it must be a number from -12 to 12/],
    [{ emotion: [1] }, /voice\.emotion has 1 strengths; it needs 8/],
    [{ emotion: only(3, 1.5) }, /voice\.emotion\[3\] is 1\.5/],
  ])('refuses %j', (voice, message) => {
    expect(() => prosodyOf(voice)).toThrow(InputError)
    expect(() => prosodyOf(voice)).toThrow(message)
  })
})
