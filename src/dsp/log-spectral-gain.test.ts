import { describe, expect, it } from 'vitest'
import { exponentialIntegral, LogSpectralGain } from './log-spectral-gain.js'

describe('exponentialIntegral', () => {
  // Abramowitz and Stegun, table 5.1.
  it.each([
    [0.01, 4.037929577],
    [0.1, 1.82292396],
    [0.5, 0.559773595],
    [1, 0.219383934],
    [2, 0.048900511],
    [10, 4.15697e-6],
  ])('of %d is %d', (x, value) => {
    expect(exponentialIntegral(x) / value).toBeCloseTo(1, 5)
  })
})

describe('LogSpectralGain', () => {
  const gain = new LogSpectralGain()

  it('agrees with its formula', () => {
    for (const prior of [0.03, 0.3, 1, 10]) {
      for (const posterior of [0.1, 1, 5]) {
        const wiener = prior / (1 + prior)
        const exact = wiener * Math.exp(exponentialIntegral(wiener * posterior) / 2)
        expect(gain.at(prior, posterior)).toBeCloseTo(Math.min(1, exact), 4)
      }
    }
  })

  it('is a number from 0 to 1 whatever is there', () => {
    expect(gain.at(1000, 1000)).toBeCloseTo(1, 2)
    expect(gain.at(1e-6, 0)).toBeGreaterThan(0)
    expect(gain.at(1e-6, 0)).toBeLessThan(0.01)
    expect(gain.at(1000, 0)).toBe(1)
  })
})
