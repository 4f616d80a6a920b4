import { describe, expect, it } from 'vitest'
import { RealFft } from './fft.js'

function directPowerSpectrum(input: readonly number[]): number[] {
  const size = input.length
  return Array.from({ length: size / 2 + 1 }, (_, k) => {
    let re = 0
    let im = 0
    for (let n = 0; n < size; n++) {
      re += input[n]! * Math.cos((2 * Math.PI * k * n) / size)
      im -= input[n]! * Math.sin((2 * Math.PI * k * n) / size)
    }
    return re * re + im * im
  })
}

/** Deterministic values in [-1, 1]. */
function noise(length: number): number[] {
  return Array.from({ length }, (_, n) => Math.sin(n * 12.9898 + Math.sin(n * 78.233) * 437.5))
}

describe('RealFft', () => {
  it.each([4, 8, 16, 64, 512])('agrees with the direct transform at size %i', (size) => {
    const input = noise(size)
    const power = new Float64Array(size / 2 + 1)
    new RealFft(size).powerSpectrum(input, power)
    for (const [k, expected] of directPowerSpectrum(input).entries())
      expect(power[k]).toBeCloseTo(expected, 8)
  })

  it('puts a sine of bin 5 into bin 5 alone', () => {
    const fft = new RealFft(64)
    const power = new Float64Array(fft.bins)
    fft.powerSpectrum(
      Array.from({ length: 64 }, (_, n) => Math.sin((2 * Math.PI * 5 * n) / 64)),
      power,
    )
    expect(power[5]).toBeCloseTo(32 ** 2)
    expect(power.filter((_, k) => k !== 5).every((value) => value < 1e-20)).toBe(true)
  })

  it('reads a short input as padded with zeros and keeps no state between calls', () => {
    const fft = new RealFft(16)
    const power = new Float64Array(fft.bins)
    fft.powerSpectrum(noise(16), power)
    fft.powerSpectrum([1, 2, 3], power)
    const padded = directPowerSpectrum([1, 2, 3, ...new Array<number>(13).fill(0)])
    for (const [k, expected] of padded.entries()) expect(power[k]).toBeCloseTo(expected, 10)
  })

  it.each([0, 2, 3, 400])('refuses size %i', (size) => {
    expect(() => new RealFft(size)).toThrow(/power of two of at least 4, got/)
  })
})
