import { describe, expect, it } from 'vitest'
import { isSpeakable } from '../../text/clean.js'
import type { Message } from '../reply.js'
import { personaAnswer } from './answer.js'
import { CHINESE } from './chinese.js'
import { ENGLISH } from './english.js'
import { personaReply } from './persona.js'

const options = { now: new Date('2026-03-05T14:05:00Z'), timeZone: 'UTC' }

const user = (content: string): Message => ({ role: 'user', content })
const answer = (...questions: readonly string[]): string => personaAnswer(questions.map(user), options)

describe('personaAnswer', () => {
  it.each([
    ['Hello!', 'greeting'],
    ['good morning', 'greeting'],
    ['Hi, who are you?', 'identity'],
    ['Are you a real person?', 'identity'],
    ['What’s your name?', 'own-name'],
    ['What can you do?', 'abilities'],
    ['hey how are you', 'wellbeing'],
    ['Tell me a joke, please.', 'joke'],
    ['Which language model do you use?', 'model'],
    ['Thank you!', 'thanks'],
    ['Thanks, bye.', 'farewell'],
  ] as const)('knows what to say to "%s"', (question, topic) => {
    expect(ENGLISH.answers[topic]).toContain(answer(question))
  })

  it.each([
    ['你好！', 'greeting'],
    ['你好，你是谁？', 'identity'],
    ['你叫什么名字', 'own-name'],
    ['你会做什么？', 'abilities'],
    ['你好吗？', 'wellbeing'],
    ['给我讲个笑话吧', 'joke'],
    ['你用的是什么模型？', 'model'],
    ['谢谢你', 'thanks'],
    ['好的，再见', 'farewell'],
  ] as const)('knows what to say to “%s”', (question, topic) => {
    expect(CHINESE.answers[topic]).toContain(answer(question))
  })

  it.each([
    ['Please repeat after me: the face speaks.', 'the face speaks.'],
    ['请跟我说：今天天气真好', '今天天气真好'],
    ['What time is it?', 'It is 2:05 PM where I run.'],
    ['Which day is it?', 'It is Thursday, March 5, 2026.'],
    ['现在几点了？', '我这里现在是14:05。'],
    ['今天星期几', '今天是2026年3月5日星期四。'],
  ])('answers "%s" with what it hears and sees', (question, expected) => {
    expect(answer(question)).toBe(expected)
  })

  it('remembers a name for as long as the conversation does', () => {
    expect(answer('What is my name?')).toBe(ENGLISH.nameless[0])
    expect(answer('Hello, my name is Zoë.')).toBe('Nice to meet you, Zoë.')
    expect(answer('My name is Ann.', 'Call me Zoë.', 'What’s my name?')).toContain('Zoë')
    expect(answer('我叫小明。', '我是谁？')).toContain('小明')
  })

  it('says that no model is there, what is missing, and what was asked about', () => {
    for (const question of ['What is the capital of France?', '法国的首都是什么？', '¿Qué?', '12', '']) {
      expect(answer(question)).toMatch(/--llm-url/)
    }
    expect(answer('Could you explain quantum physics?')).toContain('"quantum physics"')
    expect(answer('Tell me more about the sea.')).toContain('"sea"')
    expect(answer('请问法国的首都是什么？')).toContain('“法国的首都”')
    expect(answer(`What is ${'very '.repeat(100)}long?`)).not.toContain('very')
  })

  it('has another answer each time until it has given all, and another order by seed', () => {
    const jokes = ENGLISH.answers.joke
    const questions: string[] = []
    const told = jokes.map(() => {
      questions.push('Another joke!')
      return answer(...questions)
    })
    expect(new Set(told)).toEqual(new Set(jokes))
    expect(answer(...questions, 'A joke.')).toBe(told[0])
    expect(personaAnswer([user('A joke.')], { ...options, seed: 1 })).toBe(told[1])
  })

  it('repeats no more than a few sentences', () => {
    expect(answer(`Repeat after me: ${'la '.repeat(10_000)}`).length).toBeLessThanOrEqual(300)
  })

  it('takes little time for a long question', () => {
    const parts = ['a ', 'what is ', 'please ', 'about ', '你', '关于', '.', "'", 'my name ']
    for (const part of parts) expect(isSpeakable(answer(part.repeat(5000)))).toBe(true)
  })
})

describe('personaReply', () => {
  it('gives its answer word by word', async () => {
    for (const [question, start] of [
      ['What day is it?', ['It', ' is', ' Thursday,']],
      ['你是谁？', ['我是', ' phiz', ' 的演']],
    ] as const) {
      const pieces: string[] = []
      const reply = personaReply({ timeZone: 'UTC', now: () => options.now })
      for await (const piece of reply.answer([user(question)], new AbortController().signal))
        pieces.push(piece)
      expect(pieces.slice(0, 3)).toEqual(start)
      expect(pieces.join('')).toBe(answer(question))
    }
  })

  it('loses no character of what it says', async () => {
    for (const script of [ENGLISH, CHINESE]) {
      for (const text of Object.values(script.answers).flat()) {
        const question = user(`${script === CHINESE ? '跟我说' : 'Repeat after me'}: ${text}`)
        let said = ''
        for await (const piece of personaReply().answer([question], new AbortController().signal))
          said += piece
        expect(said).toBe(text)
      }
    }
  })

  it('stops in the middle of an answer', async () => {
    const controller = new AbortController()
    const reason = new Error('Enough.')
    const pieces = personaReply().answer([user('Who are you?')], controller.signal)
    await expect(async () => {
      for await (const piece of pieces) if (piece !== '') controller.abort(reason)
    }).rejects.toBe(reason)
  })
})
