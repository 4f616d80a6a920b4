import { expect, it } from 'vitest'
import { TOKENS_PER_FRAME } from './contract.js'
import { positionalEncoding } from './positional-encoding.js'

it('is sines and cosines of falling frequency', () => {
  const width = 384
  const table = positionalEncoding(width)
  expect(table).toHaveLength(TOKENS_PER_FRAME * width)
  for (const position of [0, 1, 7, 49]) {
    for (const pair of [0, 1, 60, 191]) {
      const angle = position * 10_000 ** ((-2 * pair) / width)
      expect(table[position * width + 2 * pair]).toBeCloseTo(Math.sin(angle), 5)
      expect(table[position * width + 2 * pair + 1]).toBeCloseTo(Math.cos(angle), 5)
    }
  }
})
