import { describe, expect, it } from 'vitest'
import { MixedRadixFft } from './mixed-radix-fft.js'

/** Deterministic values in [-1, 1]. */
function noise(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => Math.sin(n * 12.9898 + Math.sin(n * 78.233) * 437.5))
}

describe('MixedRadixFft', () => {
  it.each([2, 4, 6, 10, 16, 20, 24, 30, 60, 90, 150, 512, 1200])(
    'agrees with the direct transform at size %i',
    (size) => {
      const fft = new MixedRadixFft(size)
      const input = noise(size + 3)
      const real = new Float64Array(fft.bins + 2)
      const imaginary = new Float64Array(fft.bins + 2)
      fft.forward(input, 3, real, imaginary, 2)
      for (let k = 0; k <= size / 2; k++) {
        let re = 0
        let im = 0
        for (let n = 0; n < size; n++) {
          re += input[n + 3]! * Math.cos((2 * Math.PI * k * n) / size)
          im -= input[n + 3]! * Math.sin((2 * Math.PI * k * n) / size)
        }
        expect(real[k + 2]).toBeCloseTo(re, 9)
        expect(imaginary[k + 2]).toBeCloseTo(im, 9)
      }
    },
  )

  it.each([2, 6, 30, 1000, 1200])('comes back to the samples at size %i', (size) => {
    const fft = new MixedRadixFft(size)
    const input = noise(size)
    const real = new Float64Array(fft.bins)
    const imaginary = new Float64Array(fft.bins)
    const output = new Float64Array(size)
    fft.forward(input, 0, real, imaginary, 0)
    // What no real frame has must not be heard.
    imaginary[0] = 5
    imaginary[fft.bins - 1] = 5
    fft.inverse(real, imaginary, 0, output)
    for (const [n, expected] of input.entries()) expect(output[n]).toBeCloseTo(expected, 12)
  })

  it.each([0, 3, 14, 22, 1.5, -4])('refuses size %d', (size) => {
    expect(() => new MixedRadixFft(size)).toThrow(/even product of 2, 3 and 5, got/)
  })
})
