import { describe, expect, it } from 'vitest'
import { SpokenText } from './spoken.js'

function spoken(...pieces: readonly string[]): string {
  const filter = new SpokenText()
  return pieces.map((piece) => filter.push(piece)).join('') + filter.flush()
}

const EXAMPLES: readonly (readonly [markdown: string, plain: string])[] = [
  ['Hello there. How are you?', 'Hello there. How are you?'],
  ['  \n\nHello  \n', 'Hello'],
  [
    '# Title\n\nSome **bold**, *slanted* and ***both*** words.',
    'Title\n\nSome bold, slanted and both words.',
  ],
  ['- one\n* two\n+ three\n\n1. first\n2. second', 'one\ntwo\nthree\n\n1. first\n2. second'],
  ['> quoted\n> - # deep', 'quoted\ndeep'],
  ['before\n\n---\n\nafter\n***\nend', 'before\n\nafter\n\nend'],
  ['Title\n=====\ntext', 'Title\n\ntext'],
  ['See [the **manual**](https://example.org/a_(b) "Title") now.', 'See the manual now.'],
  [
    '[1] is no link, [x] neither, nor [this](that and that).',
    '[1] is no link, [x] neither, nor [this](that and that).',
  ],
  ['A picture ![of a cat](cat.png), gone.', 'A picture, gone.'],
  ['[![badge](a.svg)](b) text', 'text'],
  ['Wow! [Go](x)!', 'Wow! Go!'],
  ['Use `npm start` or ``x``.', 'Use npm start or x.'],
  ['Run this:\n```sh\nrm -rf *\n# no heading\n```\nDone.', 'Run this:\n\nDone.'],
  ['~~~\ncode\n```\nstill code\n~~~\nout', 'out'],
  ['```\nnever closed', ''],
  ['```npm start``` runs it.', 'npm start runs it.'],
  ['| Name | Age |\n|------|:---:|\n| Ann | 5 |\n\nEnd', 'Name, Age\n\nAnn, 5\n\nEnd'],
  ['a | b is no table', 'a | b is no table'],
  [
    '2 * 3 = 6, 2*3 too; my_file_name and _so_ and ~~not~~ but ~5',
    '2 * 3 = 6, 2*3 too; my_file_name and so and not but ~5',
  ],
  ['-5 degrees, +3, 1 < 2 and a <b', '-5 degrees, +3, 1 < 2 and a <b'],
  ['One<br>two <b>three</b> <unknown> word', 'One\ntwo three <unknown> word'],
  ['Escaped \\*stars\\* and C:\\dir\\', 'Escaped *stars* and C:\\dir'],
  ['Great 🎉! Hi 👩‍👩‍👧‍👦 there 🇩🇪', 'Great! Hi there'],
  ['好的！**重点**是：你好🎉。', '好的！重点是：你好。'],
  ['<think>\nThe user *wants*…\n</think>\n\nYes.', 'Yes.'],
  ['<THINKING>a</THINKING>Yes. <think> is a tag.', 'Yes. <think> is a tag.'],
  ['<think>never ends </thin', ''],
  ['</think>\nThe answer.', 'The answer.'],
  ['One.\n<think>more</think>\nTwo.', 'One.\n\nTwo.'],
  ['a\r\nb\r\n\r\nc\u0000\ufeff d\ud800', 'a\nb\n\nc d'],
]

describe('SpokenText', () => {
  it.each(EXAMPLES)('makes words of %j', (markdown, plain) => {
    expect(spoken(markdown)).toBe(plain)
  })

  it('gives the same however its text is cut', () => {
    let state = 7
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const texts = [...EXAMPLES, [EXAMPLES.map(([text]) => text).join('\n'), ''] as const]
    for (const [markdown] of texts) {
      const whole = spoken(markdown)
      expect(spoken(...markdown.split(''))).toBe(whole)
      for (let round = 0; round < 20; round += 1) {
        const pieces: string[] = []
        for (let at = 0; at < markdown.length;) {
          const length = 1 + random(7)
          pieces.push(markdown.slice(at, at + length))
          at += length
        }
        expect(spoken(...pieces)).toBe(whole)
      }
    }
  })

  it('lets words go at once', () => {
    const filter = new SpokenText()
    expect(['Sure', ',', ' I', ' can', '.'].map((piece) => filter.push(piece))).toEqual([
      'Sure',
      ',',
      ' I',
      ' can',
      '.',
    ])
  })

  it('holds what may be a mark only for as long as it may', () => {
    const filter = new SpokenText()
    expect(filter.push('See [the')).toBe('See')
    expect(filter.push(' manual](http')).toBe('')
    expect(filter.push('://x) now')).toBe(' the manual now')
  })

  it('holds little of a text that never closes what it opens', () => {
    for (const opened of ['[', '![x](', '<b ', '*', '`', '-', '<think', '|', '~']) {
      const filter = new SpokenText()
      let held = filter.push(`a ${opened}`).length - opened.length - 2
      for (let piece = 0; piece < 40; piece += 1) held += filter.push('x'.repeat(100)).length - 100
      expect(-held).toBeLessThan(1500)
    }
  })

  it('takes time in proportion to a long text of marks', () => {
    for (const mark of ['[', '*', '- ', '> ', '<', '`', '![', '| ', '[a](', '\\']) {
      expect(spoken(mark.repeat(20_000)).length).toBeLessThan(100_000)
    }
  })
})
