import { describe, expect, it } from 'vitest'
import { HeardText } from './heard-text.js'

describe('HeardText', () => {
  it('follows the clauses through what is still being written', () => {
    const text = new HeardText()
    text.write('Hello there. ')
    text.hear(0, 'Hello there.', 5)
    expect(text.heard).toBe(5)
    text.write('How are you? Hello there.')
    text.hear(1, 'How are you?', 3)
    expect(text.written.slice(0, text.heard)).toBe('Hello there. How')
    text.hear(2, 'Hello there.', 12)
    expect(text.heard).toBe(text.written.length)
  })

  it('does not go back, nor beyond what is written', () => {
    const text = new HeardText()
    text.write('One two')
    text.hear(0, 'One two', 7)
    text.hear(0, 'One two', 3)
    expect(text.heard).toBe(7)
    text.hear(1, 'not as it was written', 10)
    expect(text.heard).toBe(7)
  })

  it('keeps what was heard when it is cut: by what is told, or else by itself', () => {
    const text = new HeardText()
    text.write('One two three')
    text.hear(0, 'One two three', 7)
    text.cut()
    expect(text.written).toBe('One two')
    text.cut('One')
    expect([text.written, text.heard]).toEqual(['One', 3])
  })
})
