import { expect, it } from 'vitest'
import { cycleFrame } from './cycle.js'

it('goes forwards and backwards and shows each end twice', () => {
  expect(Array.from({ length: 9 }, (_, n) => cycleFrame(n, 3))).toEqual([0, 1, 2, 2, 1, 0, 0, 1, 2])
  expect([0, 1, 2, 7].map((n) => cycleFrame(n, 1))).toEqual([0, 0, 0, 0])
})
