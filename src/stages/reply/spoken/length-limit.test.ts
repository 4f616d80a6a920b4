import { describe, expect, it } from 'vitest'
import { LengthLimit } from './length-limit.js'

function limited(most: number, pieces: readonly string[]): string {
  const limit = new LengthLimit(most)
  return pieces.map((piece) => limit.take(piece)).join('')
}

describe('LengthLimit', () => {
  it('leaves alone what is short enough', () => {
    expect(limited(20, ['One. Two. ', 'Three. Fo'])).toBe('One. Two. Three. Fo'.slice(0, 16))
    expect(limited(40, ['One. Two. ', 'Three. Fo'])).toBe('One. Two. Three. Fo')
  })

  it('ends behind a sentence in the last fifth, else where the room ends', () => {
    const limit = new LengthLimit(10)
    expect(limit.take('Hi. You 3.')).toBe('Hi. You 3.')
    expect(limit.isReached).toBe(false)
    expect(limit.take('14')).toBe('')
    expect(limit.isReached).toBe(true)
    expect(limited(10, ['12345678', '.', ' 9'])).toBe('12345678.')
    expect(limited(10, ['很好。你好吗？我', '很好。再见'])).toBe('很好。你好吗？我很好')
    expect(limited(10, ['12345678。', 'more'])).toBe('12345678。')
  })

  it('splits no character', () => {
    expect(limited(3, ['ab😀c'])).toBe('ab')
    expect(limited(4, ['ab😀c'])).toBe('ab😀')
  })
})
