import { describe, expect, it } from 'vitest'
import { mainLanguage, splitLanguages } from './language.js'

const split = (text: string, preferred?: string): string[] =>
  splitLanguages(text, preferred).map((run) => `${run.language}:${run.text}`)

describe('splitLanguages', () => {
  it.each([
    ['Hello there.', ['en:Hello there.']],
    ['你好，世界。', ['zh:你好，世界。']],
    ['我喜欢Python语言', ['zh:我喜欢', 'en:Python', 'zh:语言']],
    ['我有3个苹果', ['zh:我有3个苹果']],
    ['iPhone 15很好', ['en:iPhone ', 'zh:15很好']],
    ['有3 apples', ['zh:有3 ', 'en:apples']],
    ['Say “你好” (谢谢).', ['en:Say', 'zh: “你好” (谢谢).']],
    ['Привет, world', ['ru:Привет, ', 'en:world']],
    ['café naïve', ['en:café naïve']],
  ])('cuts %j', (text, runs) => {
    expect(split(text)).toEqual(runs)
    expect(
      splitLanguages(text)
        .map((run) => run.text)
        .join(''),
    ).toBe(text)
  })

  it('reads a text without letters in the language that is preferred, else by its punctuation', () => {
    expect(split('123')).toEqual(['en:123'])
    expect(split('123', 'zh-CN')).toEqual(['zh:123'])
    expect(split('123。')).toEqual(['zh:123。'])
    expect(split('')).toEqual([])
  })
})

describe('mainLanguage', () => {
  it('is the one that takes longest to say', () => {
    expect(mainLanguage('我今天学习了 TypeScript')).toBe('zh')
    expect(mainLanguage('The word 你好 means hello')).toBe('en')
    expect(mainLanguage('123')).toBeUndefined()
  })
})
