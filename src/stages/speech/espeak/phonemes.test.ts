import { describe, expect, it } from 'vitest'
import { toIpa } from './phonemes.js'

describe('toIpa', () => {
  it.each([
    ['ˈoʊ', 'oʊ'],
    ['ˌɔːɹ', 'ɔːɹ'],
    ['tʃ', 'tʃ'],
    ['ts.h', 'tʂʰ'],
    ['s.', 'ʂ'],
    ['ˈi.', 'ɨ'],
    ['ˈo-', 'ɤ'],
    ['onɡ', 'ʊŋ'],
    ['tɕh', 'tɕʰ'],
    ['ph', 'pʰ'],
    ['χ', 'χ'],
  ])('writes %j as %j', (id, ipa) => {
    expect(toIpa(id)).toBe(ipa)
  })

  it('knows pauses, and switches of the language, which are no sound', () => {
    expect(['', '_', '_:'].map(toIpa)).toEqual(['', '', ''])
    expect(['(en)', '(cmn)'].map(toIpa)).toEqual([undefined, undefined])
  })
})
