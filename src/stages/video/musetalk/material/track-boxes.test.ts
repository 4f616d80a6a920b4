import { describe, expect, it } from 'vitest'
import type { Box } from './face-box.js'
import { completeBoxes } from './track-boxes.js'

const box = (left: number): Box => ({ left, top: 0, right: left + 10, bottom: 10 })

describe('completeBoxes', () => {
  it('gives frames without a box the nearest one', () => {
    const found = [undefined, box(1), undefined, undefined, undefined, box(5), undefined]
    expect(completeBoxes(found)?.map(({ left }) => left)).toEqual([1, 1, 1, 1, 5, 5, 5])
  })

  it('has none when there is none', () => {
    expect(completeBoxes([undefined, undefined])).toBeUndefined()
  })
})
