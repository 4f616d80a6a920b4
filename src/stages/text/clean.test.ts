import { describe, expect, it } from 'vitest'
import { cleanText, isSpeakable } from './clean.js'

describe('cleanText', () => {
  it.each([
    ['controls and zero-width marks', 'a\u0000b\u200bc\ufeffd\u00ade\u202ef', 'abcdef'],
    ['halves of surrogate pairs', 'a\ud800b\udc00c', 'abc'],
    ['line breaks of all kinds', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
    ['spaces of all kinds', 'a\t\u00a0\u3000 b', 'a b'],
    ['full-width letters and digits, not punctuation', 'ＡＢ１２！，', 'AB12！，'],
    ['mathematical letters, ligatures and enclosed numbers', '𝐇𝐢 ﬁne ①', 'Hi fine 1'],
    ['signs that would lose their meaning', 'x² ½', 'x² ½'],
    ['decomposed accents', 'cafe\u0301', 'café'],
  ])('treats %s', (_what, text, cleaned) => {
    expect(cleanText(text)).toBe(cleaned)
    expect(cleanText(cleaned)).toBe(cleaned)
  })

  it('keeps emoji, which a caption may show', () => {
    expect(cleanText('ok 👩‍🚀👍🏽')).toBe('ok 👩‍🚀👍🏽')
  })
})

describe('isSpeakable', () => {
  it.each(['a', '好', '7', '1️⃣', '50%', 'привет', '&'])('hears %j', (text) => {
    expect(isSpeakable(text)).toBe(true)
  })

  it.each(['', ' ', '...', '?!', '。', '😀', '👩‍🚀👍🏽', '🇨🇳', '—', '()'])('hears nothing in %j', (text) => {
    expect(isSpeakable(text)).toBe(false)
  })
})
