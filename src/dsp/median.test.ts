import { describe, expect, it } from 'vitest'
import { medianOf, slidingMedian } from './median.js'

describe('medianOf', () => {
  it('finds the middle of the first values, the upper of two, and looks no further', () => {
    expect(medianOf(Float32Array.of(5, 1, 3, -9), 3)).toBe(3)
    expect(medianOf(Float32Array.of(4, 1, 3, 2), 4)).toBe(3)
    expect(medianOf(Float32Array.of(7), 1)).toBe(7)
  })
})

describe('slidingMedian', () => {
  it('agrees with a sort of each value and its neighbours, equal values among them', () => {
    const values = Float32Array.from({ length: 60 }, (_, i) => (i * 37) % 11)
    for (const radius of [0, 1, 4, 100]) {
      const output = new Float32Array(values.length)
      slidingMedian(values, radius, output, new Float32Array(2 * radius + 1))
      const sorted = values.map((_, i) => {
        const around = values.slice(Math.max(0, i - radius), i + radius + 1).sort()
        return around[around.length >> 1]!
      })
      expect(output).toEqual(sorted)
    }
  })
})
