import { expect, it } from 'vitest'
import { Chance } from '../../../../test/hostile/chance.js'
import { ScriptedVoice } from './fixtures/scripted-voice.js'
import { serveTap } from './fixtures/server.js'

const MESSAGES = 2500

const chance = new Chance(8770)

const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 0.5, 1e308, -0, '', ' ', 'none', 'audio', 'vector', 'text', 'tts_stream'],
  ...['One.', '你好。', '😀', '\ud800', '\0', '<speak>', '{{7*7}}', 'x'.repeat(20_000), 'Mr. '.repeat(500)],
  ...[
    '/dev/zero',
    '/proc/self/mem',
    '../../etc/passwd',
    '/',
    'file:///etc/passwd',
    '__proto__',
    'constructor',
  ],
  ...[[], {}, [1], Array(8).fill(0), Array(8).fill('x'), Array(5000).fill(1), { toString: 1 }, { length: 8 }],
]
const FIELDS = [
  ...[
    'type',
    'text',
    'prompt_audio',
    'emo_mode',
    'emo_audio',
    'emo_alpha',
    'emo_vector',
    'emo_text',
    'task_id',
  ],
  ...['interval_silence', 'max_tokens', 'use_random', 'stream', '__proto__', 'constructor', 'toString'],
]

function hostileMessage(): string | Buffer {
  const fields: Record<string, unknown> = chance.next() < 0.7 ? { type: 'tts_stream', text: 'One.' } : {}
  for (let count = chance.below(5); count > 0; count -= 1) fields[chance.pick(FIELDS)] = chance.pick(VALUES)
  const text = JSON.stringify(fields)
  switch (chance.below(8)) {
    case 0:
      return text.slice(0, chance.below(text.length))
    case 1:
      return Buffer.from(Array.from({ length: chance.below(200) }, () => chance.below(256)))
    case 2:
      return Buffer.from(text)
    case 3:
      return chance.pick([
        '[',
        '['.repeat(5000),
        'null',
        '7',
        '"',
        '{"type":"task_status","task_id":"' + 'a'.repeat(9999) + '"}',
      ])
    case 4:
      return `{"__proto__":{"type":"tts_stream"},"type":"tts_stream","text":${JSON.stringify(chance.pick(VALUES))}}`
    default:
      return text
  }
}

it(`survives ${MESSAGES} hostile messages from several clients, each answered, and serves on`, async () => {
  const voice = new ScriptedVoice({ isHeld: false, seconds: 0.01 })
  const server = await serveTap(voice.catalogue, { queueLimit: 20 })
  try {
    for (let round = 0; round < 5; round++) {
      const client = await server.connect()
      for (let count = 0; count < MESSAGES / 5; count++) client.socket.send(hostileMessage())
      client.send({ type: 'task_status', task_id: 'last' })
      let answers = 0
      for (;;) {
        const message = await client.take()
        if (Buffer.isBuffer(message)) continue
        if (message['message'] === '任务不存在: last') break
        const isRunning = message['type'] === 'start' || message['type'] === 'end'
        const isRunError = message['status'] === 'error' && String(message['message']).startsWith('推理失败')
        if (!isRunning && !isRunError) answers += 1
        expect(message['session_id']).toBe(client.sessionId)
      }
      expect(answers).toBe(MESSAGES / 5)
      // Half of them leave in the middle of their work.
      if (round % 2 === 0) await client.leave()
    }
    const client = await server.connect()
    let last = (await client.speak({ text: 'One.' })).at(-1) as Record<string, unknown>
    while (last['message'] === '任务队列已满，请稍后重试') {
      last = (await client.speak({ text: 'One.' })).at(-1) as Record<string, unknown>
    }
    expect(last['type']).toBe('end')
    expect(server.unexpected).toEqual([])
    expect(voice.mostOpen).toBe(1)
    expect(({} as Record<string, unknown>)['type']).toBeUndefined()
  } finally {
    await server.close()
  }
  expect(voice.open).toBe(0)
})
