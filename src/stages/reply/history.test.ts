import { describe, expect, it } from 'vitest'
import { heardText, type Caption } from './heard.js'
import { History } from './history.js'

const contents = (history: History): readonly string[] =>
  history.messages().map(({ role, content }) => `${role}: ${content}`)

describe('History', () => {
  it('keeps what was asked and said, behind the system prompt', () => {
    const history = new History({ systemPrompt: 'Be brief.' })
    history.begin('turn-1', ' Who are you? ')
    expect(contents(history)).toEqual(['system: Be brief.', 'user: Who are you?'])
    history.said('turn-1', 'A face')
    history.said('turn-1', ' that speaks. ')
    history.begin('turn-2', 'Really?')
    expect(contents(history)).toEqual([
      'system: Be brief.',
      'user: Who are you?',
      'assistant: A face that speaks.',
      'user: Really?',
    ])
    history.clear()
    expect(contents(history)).toEqual(['system: Be brief.'])
  })

  it('cuts an answer to what was heard, and takes no more of it', () => {
    const history = new History()
    history.begin('turn-1', 'Tell me a story.')
    history.said('turn-1', 'Once upon a time, there was a king.')
    history.heard('turn-1', 'Once upon a ')
    history.said('turn-1', ' He had three sons.')
    history.begin('turn-2', 'Stop.')
    expect(contents(history)).toEqual(['user: Tell me a story.', 'assistant: Once upon a —', 'user: Stop.'])
  })

  it('leaves an answer that was heard whole, and forgets one of which nothing was heard', () => {
    const history = new History()
    history.begin('turn-1', 'Hello.')
    history.said('turn-1', 'Hi!\n\nYou … ')
    history.heard('turn-1', 'Hi! You')
    history.begin('turn-2', 'How are')
    history.said('turn-2', 'I am fine.')
    history.heard('turn-2', '')
    history.begin('turn-3', 'you and yours?')
    expect(contents(history)).toEqual([
      'user: Hello.',
      'assistant: Hi!\n\nYou …',
      'user: How are\nyou and yours?',
    ])
  })

  it('lets the user be first where words were spoken on their own', () => {
    const history = new History({ systemPrompt: 'p' })
    history.begin('turn-1')
    history.said('turn-1', 'Welcome.')
    history.begin('turn-2', 'Thanks.')
    expect(contents(history)).toEqual(['system: p', 'user: …', 'assistant: Welcome.', 'user: Thanks.'])
  })

  it('forgets the oldest exchanges first, by number and by length', () => {
    const few = new History({ maxMessages: 5 })
    const short = new History({ maxCharacters: 10 })
    for (const history of [few, short]) {
      for (let turn = 1; turn <= 1000; turn += 1) {
        history.begin(`turn-${turn}`, `q${turn}`)
        history.said(`turn-${turn}`, `a${turn}`)
      }
    }
    expect(contents(few)).toEqual(['user: q999', 'assistant: a999', 'user: q1000', 'assistant: a1000'])
    expect(contents(short)).toEqual(['user: q1000', 'assistant: a1000'])
    few.said('turn-1', 'late')
    few.heard('turn-1', 'late')
    expect(contents(few)).toHaveLength(4)
  })

  it('bounds a single exchange, too', () => {
    const history = new History({ maxCharacters: 10 })
    history.begin('turn-1', 'x'.repeat(100))
    for (let piece = 0; piece < 100; piece += 1) history.said('turn-1', 'yy')
    expect(history.messages().map(({ content }) => content.length)).toEqual([10, 10])
  })

  it('refuses limits that leave no room', () => {
    expect(() => new History({ maxMessages: 1 })).toThrow(/maxMessages to be 2 or more, got 1/)
    expect(() => new History({ maxCharacters: 0 })).toThrow(/maxCharacters to be 1 or more, got 0/)
  })
})

describe('heardText', () => {
  const captions: readonly Caption[] = [
    { text: 'Once upon a time,', timestamp: 0, duration: 1_000_000 },
    { text: 'there was a king.', timestamp: 1_200_000, duration: 1_000_000 },
  ]

  it.each([
    [0, ''],
    [-1, ''],
    [100_000, ''],
    [600_000, 'Once upon'],
    [1_000_000, 'Once upon a time,'],
    [1_100_000, 'Once upon a time,'],
    [1_800_000, 'Once upon a time, there was'],
    [9_000_000, 'Once upon a time, there was a king.'],
  ])('at %i µs', (playhead, heard) => {
    expect(heardText(captions, playhead)).toBe(heard)
  })

  it('cuts Chinese between characters', () => {
    const chinese = [
      { text: '从前，', timestamp: 0, duration: 500_000 },
      { text: '有一位国王𠮷。', timestamp: 500_000, duration: 1_500_000 },
    ]
    expect(heardText(chinese, 1_300_000)).toBe('从前，有一位')
  })
})
