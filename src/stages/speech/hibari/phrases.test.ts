import { describe, expect, it } from 'vitest'
import { phrasesOf } from './phrases.js'

describe('phrasesOf', () => {
  it('leaves what is short enough whole, and nothing of nothing', () => {
    expect(phrasesOf('həlˈO ðˈɛɹ.', 20)).toEqual(['həlˈO ðˈɛɹ.'])
    expect(phrasesOf(' ', 20)).toEqual([])
  })

  it('cuts behind a mark, else between words, else anywhere', () => {
    expect(phrasesOf('aaa bbb, ccc ddd eee', 16)).toEqual(['aaa bbb,', 'ccc ddd eee'])
    expect(phrasesOf('aaa bbb ccc ddd eee', 16)).toEqual(['aaa bbb ccc ddd', 'eee'])
    expect(phrasesOf('a, bbbbbbbb ccc', 13)).toEqual(['a, bbbbbbbb', 'ccc'])
    expect(phrasesOf('a'.repeat(25), 10)).toEqual(['a'.repeat(10), 'a'.repeat(10), 'a'.repeat(5)])
  })

  it('loses nothing, and no phrase is too long', () => {
    const text = Array.from(
      { length: 200 },
      (_, n) => 'mnbv'.slice(0, 1 + (n % 4)) + (n % 7 === 3 ? ',' : ''),
    ).join(' ')
    for (const most of [5, 17, 60, 160]) {
      const phrases = phrasesOf(text, most)
      expect(phrases.join(' ')).toBe(text)
      for (const phrase of phrases) expect(phrase.length).toBeLessThanOrEqual(most)
    }
  })
})
