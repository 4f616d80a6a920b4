import { describe, expect, it } from 'vitest'
import { LookupTable } from './lookup-table.js'

describe('LookupTable', () => {
  it('is as near to its function as its step says, and holds its ends', () => {
    const table = new LookupTable(Math.exp, -14, 7, 256)
    for (let x = -14; x <= 7; x += 0.0137) {
      expect(Math.abs(table.at(x) / Math.exp(x) - 1)).toBeLessThan(1 / 256 ** 2 / 8 + 2e-7)
    }
    expect(table.at(9)).toBeCloseTo(Math.exp(7), 2)
    expect(table.at(-99)).toBeCloseTo(Math.exp(-14), 9)
  })
})
