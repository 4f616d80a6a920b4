import { describe, expect, it } from 'vitest'
import { withoutDecoration } from './decoration.js'
import { spellOut } from './spelling.js'

describe('withoutDecoration', () => {
  it.each([
    ['<b>hello</b> <br/> world', 'hello world'],
    ['press <Enter> now', 'press Enter now'],
    ['a<b & c>d', 'a<b & c>d'],
    ['a &amp; b &lt; c', 'a & b < c'],
    ['hi 😀👍🏽 there :-) <3', 'hi there'],
    ['**bold**, _it_ and `code` ~~gone~~', 'bold, it and code gone'],
    ['# Title', 'Title'],
    ['- item', 'item'],
    ['snake_case * 2', 'snake_case × 2'],
    ['[a link](https://x.com/a_(b))', 'a link'],
    ['https://www.example.com/docs?q=1#top.', 'example dot com slash docs.'],
    ['a -> b', 'a, b'],
    ['a<=b, c >= -1, d<-5', 'a≤b, c ≥ -1, d<-5'],
    ['<!-- no --> yes', 'yes'],
  ])('turns %j into what is said', (text, said) => {
    expect(withoutDecoration(text)).toBe(said)
  })
})

describe('spellOut', () => {
  it.each([
    ['a<b & c>d', 'a less than b and c greater than d'],
    ['$5.50, $1 and €3 million', '5.50 dollars, 1 dollar and 3 million euros'],
    ['2024-05-06', 'May 6, 2024'],
    ['5–6 at -3℃', '5 to 6 at minus 3 degrees Celsius'],
    ['C++, C# & #1', 'C plus plus, C sharp and number 1'],
    ['1234567890123', '1 2 3 4 5 6 7 8 9 0 1 2 3'],
    ['wait... no — yes', 'wait, no, yes'],
    ['1/2 and/or 5/6', 'one half and or 5/6'],
    ['don’t', 'don’t'],
  ])('spells %j in English', (text, spelled) => {
    expect(spellOut(text, 'en')).toBe(spelled)
  })

  it.each([
    ['5<6', '5 小于 6'],
    ['我&你', '我 和 你'],
    ['100%', '百分之100'],
    ['1/2', '2分之1'],
    ['10:30', '10点30分'],
    ['2024年5月', '二零二四年5月'],
    ['13812345678', '一三八一二三四五六七八'],
    ['¥50，$3万', '50元，3万美元'],
    ['1,234', '1234'],
    ['-5℃', '负5 摄氏度'],
    ['3.05', '3.05'],
  ])('spells %j in Mandarin', (text, spelled) => {
    expect(spellOut(text, 'zh')).toBe(spelled)
  })

  it('leaves nothing that an engine could take for mark-up', () => {
    const printable = Array.from({ length: 0x2fff }, (_, index) => String.fromCharCode(index + 32)).join('')
    for (const language of ['en', 'zh', 'ru']) {
      expect(spellOut(printable, language)).not.toMatch(/[<>&[\]{}\\|_^`~#*@=+$%]/)
      expect(spellOut('[[h@loU]] <speak>', language)).not.toMatch(/[<>[\]@]/)
    }
  })

  it('cuts endless words, and gives nothing where nothing can be read', () => {
    const words = spellOut('x'.repeat(500), 'en').split(' ')
    expect(words.every((word) => word.length <= 60)).toBe(true)
    expect(words.join('')).toHaveLength(500)
    expect(spellOut('გამარჯობა', 'en')).toBe('')
    expect(spellOut('...', 'zh')).toBe('')
  })
})
