import { expect, it } from 'vitest'
import { ScriptedVoice } from './fixtures/scripted-voice.js'
import { serveTap } from './fixtures/server.js'

const MESSAGES = 2500

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const random = randomNumbers(8770)
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!

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
  const fields: Record<string, unknown> = random() < 0.7 ? { type: 'tts_stream', text: 'One.' } : {}
  for (let count = Math.floor(random() * 5); count > 0; count -= 1) fields[pick(FIELDS)] = pick(VALUES)
  const text = JSON.stringify(fields)
  switch (Math.floor(random() * 8)) {
    case 0:
      return text.slice(0, Math.floor(random() * text.length))
    case 1:
      return Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256)))
    case 2:
      return Buffer.from(text)
    case 3:
      return pick([
        '[',
        '['.repeat(5000),
        'null',
        '7',
        '"',
        '{"type":"task_status","task_id":"' + 'a'.repeat(9999) + '"}',
      ])
    case 4:
      return `{"__proto__":{"type":"tts_stream"},"type":"tts_stream","text":${JSON.stringify(pick(VALUES))}}`
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
