import { describe, expect, it } from 'vitest'
import { runsOf } from './clause.js'

const runs = (text: string, language?: string): string[] =>
  [...runsOf(text, language)].map((run) => `${run.language}:${run.text}`)

describe('runsOf', () => {
  it('gives each language its own call, and holds the melody up where the sentence goes on', () => {
    expect(runs('我喜欢 Python 语言。')).toEqual(['zh:我喜欢,', 'en:Python,', 'zh:语言。'])
    expect(runs('Is it 你好?')).toEqual(['en:Is it,', 'zh:你好?'])
  })

  it('reads digits in the language around them, or in the one of the text', () => {
    expect(runs('123', 'zh')).toEqual(['zh:123'])
    expect(runs('3 apples')).toEqual(['en:3 apples'])
  })

  it('pauses longer after a sentence than after a comma, and hardly between languages', () => {
    const [sentence] = runsOf('Go home.')
    const [comma] = runsOf('Go home,')
    const [language] = runsOf('Go 回家')
    expect(sentence!.pause).toBeGreaterThan(comma!.pause)
    expect(comma!.pause).toBeGreaterThan(language!.pause)
    expect([...runsOf('“好。”😀')][0]!.pause).toBe(sentence!.pause)
  })

  it('cuts a text that nobody has cut into clauses', () => {
    const long = 'A sentence of some length, with a clause. '.repeat(50)
    for (const { text } of runsOf(long)) expect(text.length).toBeLessThanOrEqual(200)
    expect([...runsOf(long)].length).toBeGreaterThanOrEqual(50)
  })

  it('gives phonemes where the Mandarin voice has none, and nothing for what cannot be read', () => {
    expect(runs('兄弟。')).toEqual(['zh:[[S;yuN55]]弟。'])
    expect(runs('<b>😀</b> ... გამარჯობა')).toEqual([])
    expect(runs('[[h@loU]] & <speak>')).toEqual(['en:h at loU and'])
  })
})
