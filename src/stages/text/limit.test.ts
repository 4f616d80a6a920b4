import { describe, expect, it } from 'vitest'
import { InputError } from '../../errors.js'
import { checkText, countCharacters } from './limit.js'

describe('checkText', () => {
  it('counts characters as people do, not UTF-16 units', () => {
    expect(countCharacters('a𠀀😀好')).toBe(4)
    expect(countCharacters('\ud800\ud800a')).toBe(3)
    expect(() => checkText('𠀀'.repeat(10), 10)).not.toThrow()
  })

  it('names the length and the limit', () => {
    expect(() => checkText('a'.repeat(10_001))).toThrow(InputError)
    expect(() => checkText('a'.repeat(10_001))).toThrow(/10001 characters; at most 10000/)
    expect(() => checkText('a'.repeat(10_000))).not.toThrow()
  })

  it.each(['', '  \n', '...', '😀🎉', '\u200b'])('refuses %j, in which nothing can be heard', (text) => {
    expect(() => checkText(text)).toThrow(/nothing to speak/i)
  })
})
