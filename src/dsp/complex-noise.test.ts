import { describe, expect, it } from 'vitest'
import { ComplexNoise } from './complex-noise.js'

function values(seed: number, count: number): Float32Array {
  const output = new Float32Array(2 * count)
  new ComplexNoise(seed).fill(output, count)
  return output
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, value) => sum + value, 0) / numbers.length

describe('ComplexNoise', () => {
  it('has normal components of unit variance that know nothing of each other', () => {
    const all = values(5, 100_000)
    const real = [...all].filter((_, n) => n % 2 === 0)
    const imaginary = [...all].filter((_, n) => n % 2 === 1)
    for (const part of [real, imaginary]) {
      expect(Math.abs(mean(part))).toBeLessThan(0.015)
      expect(Math.abs(mean(part.map((value) => value ** 2)) - 1)).toBeLessThan(0.02)
      // The fourth moment of a normal distribution is 3.
      expect(Math.abs(mean(part.map((value) => value ** 4)) - 3)).toBeLessThan(0.15)
      expect(Math.abs(mean(part.slice(1).map((value, n) => value * part[n]!)))).toBeLessThan(0.015)
    }
    expect(Math.abs(mean(real.map((value, n) => value * imaginary[n]!)))).toBeLessThan(0.015)
  })

  it('is the same for the same seed, however it is asked for', () => {
    const noise = new ComplexNoise(7)
    const pieces = [3, 1, 96].flatMap((count) => {
      const piece = new Float32Array(2 * count)
      noise.fill(piece, count)
      return [...piece]
    })
    expect(pieces).toEqual([...values(7, 100)])
    expect(values(8, 100)).not.toEqual(values(7, 100))
  })
})
