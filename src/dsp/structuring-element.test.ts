import { describe, expect, it } from 'vitest'
import { ellipseElement } from './structuring-element.js'

function drawn(width: number, height: number): string[] {
  const { mask } = ellipseElement(width, height)
  return Array.from({ length: height }, (_, y) => mask.subarray(y * width, (y + 1) * width).join(''))
}

describe('ellipseElement', () => {
  it('draws what OpenCV draws', () => {
    expect(drawn(5, 5)).toEqual(['00100', '11111', '11111', '11111', '00100'])
    expect(drawn(4, 4)).toEqual(['0010', '1111', '1111', '1111'])
    expect(drawn(9, 6)).toEqual([
      '000010000',
      '011111110',
      '111111111',
      '111111111',
      '111111111',
      '011111110',
    ])
    expect(drawn(7, 1)).toEqual(['0001000'])
    expect(drawn(35, 3)).toEqual([
      '0'.repeat(17) + '1' + '0'.repeat(17),
      '1'.repeat(35),
      '0'.repeat(17) + '1' + '0'.repeat(17),
    ])
  })
})
