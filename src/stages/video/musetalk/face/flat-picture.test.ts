import { expect, it } from 'vitest'
import { isFlat } from './flat-picture.js'

it('tells a single colour from a picture', () => {
  const picture = new Uint8Array(300).fill(127)
  expect(isFlat(picture)).toBe(true)
  picture[299] = 128
  expect(isFlat(picture)).toBe(false)
  expect(isFlat(Uint8Array.from([1, 2, 3, 1, 2, 3, 1, 2, 3]))).toBe(true)
  expect(isFlat(Uint8Array.from([1, 2, 3, 1, 2, 4]))).toBe(false)
})
