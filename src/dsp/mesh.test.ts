import { describe, expect, it } from 'vitest'
import { HarmonicField } from './mesh-harmonic.js'
import { fitSimilarity } from './mesh-similarity.js'

describe('HarmonicField', () => {
  it('spreads values along a strip as a straight line', () => {
    const columns = 9
    const positions: number[] = []
    for (let x = 0; x < columns; x++) positions.push(x, 0, 0, x, 1, 0)
    const triangles: number[] = []
    for (let x = 0; x < columns - 1; x++)
      triangles.push(2 * x, 2 * x + 1, 2 * x + 2, 2 * x + 1, 2 * x + 3, 2 * x + 2)
    const values = new Float64Array(columns * 2)
    values[16] = values[17] = 8
    new HarmonicField(positions, triangles, [0, 1, 16, 17]).solve(values)
    for (let x = 0; x < columns; x++) expect((values[2 * x]! + values[2 * x + 1]!) / 2).toBeCloseTo(x, 1)
  })

  it('stays between the given values', () => {
    const positions = [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 0.4, 0.6, 0.3]
    const values = Float64Array.of(-2, 5, 1, 3, 0)
    new HarmonicField(positions, [0, 1, 4, 1, 3, 4, 3, 2, 4, 2, 0, 4], [0, 1, 2, 3]).solve(values)
    expect(values[4]).toBeGreaterThan(-2)
    expect(values[4]).toBeLessThan(5)
    expect([...values.slice(0, 4)]).toEqual([-2, 5, 1, 3])
  })
})

describe('fitSimilarity', () => {
  it('finds scale, rotation and translation', () => {
    const from = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i * 1.7) * 5 + (i % 3))
    const angle = 0.7
    const to = new Float64Array(60)
    for (let i = 0; i < 60; i += 3) {
      to[i] = 2.5 * (Math.cos(angle) * from[i]! - Math.sin(angle) * from[i + 2]!) + 10
      to[i + 1] = 2.5 * from[i + 1]! - 4
      to[i + 2] = 2.5 * (Math.sin(angle) * from[i]! + Math.cos(angle) * from[i + 2]!) + 1
    }
    const fit = fitSimilarity(from, to)
    expect(fit.scale).toBeCloseTo(2.5, 6)
    expect(fit.rotation[0]).toBeCloseTo(Math.cos(angle), 6)
    expect(fit.rotation[2]).toBeCloseTo(-Math.sin(angle), 6)
    fit.translation.forEach((value, axis) => expect(value).toBeCloseTo([10, -4, 1][axis]!, 5))
  })
})
