import { describe, expect, it } from 'vitest'
import { BatchSizes } from './batch-sizes.js'

describe('the sizes of batches', () => {
  it('are filled up to those that the device is warmed up for', () => {
    const sizes = new BatchSizes([1, 2, 4, 8], false)
    expect([1, 2, 3, 4, 5, 7, 8].map((count) => sizes.sizeOf(count))).toEqual([1, 2, 4, 4, 8, 8, 8])
    expect(sizes.most).toBe(8)
  })

  it('are exact where that is welcome', () => {
    const sizes = new BatchSizes([1, 2, 4, 8], true)
    expect([1, 3, 7].map((count) => sizes.sizeOf(count))).toEqual([1, 3, 7])
  })

  it('are halved for good by what did not fit, down to one', () => {
    const sizes = new BatchSizes([1, 2, 4, 6], false)
    expect(sizes.tooLarge(6)).toBe(true)
    expect(sizes.most).toBe(2)
    expect(sizes.tooLarge(2)).toBe(true)
    expect(sizes.most).toBe(1)
    expect(sizes.tooLarge(1)).toBe(false)
    // A larger one that was under way meanwhile changes nothing.
    expect(sizes.tooLarge(6)).toBe(true)
    expect(sizes.most).toBe(1)
  })
})
