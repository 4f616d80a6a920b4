import { describe, expect, it } from 'vitest'
import { speakingLength } from './boundary.js'
import { cleanText } from './clean.js'
import { segment, Segmenter } from './segment.js'

const length = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + speakingLength(character), 0)

/** Feeds a text in pieces of `size` characters. */
function segmentInPieces(text: string, size: number): string[] {
  const segmenter = new Segmenter()
  const segments: string[] = []
  const characters = Array.from(text)
  for (let at = 0; at < characters.length; at += size) {
    segments.push(...segmenter.push(characters.slice(at, at + size).join('')))
  }
  return [...segments, ...segmenter.flush()]
}

describe('segment', () => {
  it.each([
    ['Hello, I am phiz. 你好，我是一张脸。', ['Hello, I am phiz.', '你好，我是一张脸。']],
    ['真的吗？“好的！”他说。', ['真的吗？', '“好的！”', '他说。']],
    ['OK... maybe. Well… yes', ['OK... maybe.', 'Well… yes']],
    ['Wait! 😀😀 Go on.', ['Wait! 😀😀', 'Go on.']],
    ['“Really?” she asked. “Yes.”', ['“Really?” she asked.', '“Yes.”']],
    ['1. One\n2. Two\n- three', ['1. One', '2. Two', '- three']],
    ['A title\n\nA text that was wrapped\nby hand.', ['A title', 'A text that was wrapped by hand.']],
  ])('cuts %j at sentences', (text, segments) => {
    expect(segment(text)).toEqual(segments)
  })

  it.each([
    'Dr. Smith met Mr. J. Brown.',
    'It costs $3.14 or 1,000.50 euros.',
    'Use tools, e.g. hammers, i.e. iron.',
    'See https://example.com/a.b?c=d!e for more.',
    'The U.S. economy grew.',
    'Version 2.0.1 is out.',
  ])('leaves %j whole', (text) => {
    expect(segment(text)).toEqual([text])
  })

  it('makes the first segment short at a clause, and only the first', () => {
    const sentence =
      'Well, this is a rather long first sentence, with several clauses, and it goes on for a while.'
    const segments = segment(`${sentence} ${sentence}`)
    expect(segments).toEqual([
      'Well, this is a rather long first sentence,',
      'with several clauses, and it goes on for a while.',
      sentence,
    ])
    expect(segment('今天天气很好，我们一起去公园散步吧，好不好？')[0]).toBe('今天天气很好，')
  })

  it('cuts what is too long at a clause, between words, and at last anywhere', () => {
    const clauses = segment('this clause is here, '.repeat(30))
    expect(clauses.slice(1).every((one) => one.endsWith('here,'))).toBe(true)
    const words = segment('word '.repeat(200))
    expect(words.every((one) => /^(word ?)+$/.test(one))).toBe(true)
    for (const text of ['a'.repeat(1000), '我'.repeat(300), '𠀀'.repeat(300)]) {
      const segments = segment(text)
      expect(segments.join('')).toBe(text)
      for (const one of segments) expect(length(one)).toBeLessThanOrEqual(152)
    }
  })

  it('returns nothing for a text in which nothing is heard', () => {
    for (const text of ['', ' \n ', '... !', '😀 '.repeat(2000)]) expect(segment(text)).toEqual([])
  })

  it('loses no word and gives the same segments however the text arrives', () => {
    const text = cleanText(
      'Hello, I am phiz. It costs 3.14 dollars! “Is it?” said Dr. Lee… 你好，我是一张脸。真的？ Yes\n\nBye, e.g. now. 😀',
    )
    const whole = segment(text)
    expect(whole.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
    for (const size of [1, 2, 3, 7, 20]) expect(segmentInPieces(text, size)).toEqual(whole)
  })

  it('gives a sentence out as soon as the next one begins', () => {
    const segmenter = new Segmenter()
    expect(segmenter.push('It is 3.')).toEqual([])
    expect(segmenter.push('14. ')).toEqual([])
    expect(segmenter.push('N')).toEqual(['It is 3.14.'])
  })

  it('stays linear in what is hard to cut', () => {
    for (const piece of ['. ', '😀 ', 'Mr. ', ',', '\n', '…']) {
      const text = cleanText(piece.repeat(5000))
      for (const one of segment(text)) expect(one.length).toBeLessThan(500)
    }
  })
})
