import { expect, it } from 'vitest'
import { ScriptedVoice } from '../indextts-ws/fixtures/scripted-voice.js'
import { serveSpeech } from './fixtures/server.js'

const COUNT = 1000
const AT_ONCE = 50

/** Random numbers that are the same every time. */
function chances(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Values where something else is expected, or nearly what is. */
const ODD: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e308,
    0.25,
    4.000001,
    '',
    ' ',
    'alloy',
    'tts-1',
    'mp3',
    'sse',
    '__proto__',
    'constructor',
  ],
  ...[
    [],
    [[]],
    {},
    { id: 'alloy' },
    { id: {} },
    { length: 5000 },
    '\0',
    '\ud800',
    '…',
    '😀'.repeat(300),
    'a'.repeat(5000),
  ],
]
const FIELDS = [
  'model',
  'input',
  'voice',
  'instructions',
  'response_format',
  'speed',
  'stream_format',
  '__proto__',
  'x',
]

it('answers 1000 malformed and hostile requests, each for itself, and keeps nothing of them', async () => {
  const voice = new ScriptedVoice({ isHeld: false, seconds: 0.01, sampleRate: 24_000 })
  const server = await serveSpeech(voice.catalogue)
  const chance = chances(6)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(chance() * values.length)]!
  const bodyOf = (): string | Buffer => {
    const fields: Record<string, unknown> = {
      model: 'tts-1',
      input: 'Hi.',
      voice: 'nova',
      response_format: 'pcm',
    }
    for (let n = chance() * 4; n > 0; n--)
      Object.defineProperty(fields, pick(FIELDS), {
        value: pick(ODD),
        enumerable: true,
        configurable: true,
        writable: true,
      })
    const json = JSON.stringify(fields)
    const kind = chance()
    if (kind < 0.6) return json
    if (kind < 0.7) return json.slice(0, chance() * json.length)
    if (kind < 0.8) return '['.repeat(chance() * 50_000)
    if (kind < 0.9) return Buffer.from(Array.from({ length: chance() * 200 }, () => chance() * 256))
    return json.replace(/[a-z]/g, (letter) => (chance() < 0.05 ? '\\u0000' : letter))
  }
  const statuses = new Map<number, number>()
  const client = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      const response = await server.ask({}, { body: bodyOf() })
      const { status } = response
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 200) await response.arrayBuffer()
      else expect(await response.json()).toMatchObject({ error: { message: expect.any(String) as string } })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, () => client(COUNT / AT_ONCE)))
  expect([...statuses.keys()].filter((status) => ![200, 400, 404, 413, 429].includes(status))).toEqual([])
  expect(statuses.get(200)).toBeGreaterThan(50)
  expect(statuses.get(400)).toBeGreaterThan(300)
  expect(server.unexpected).toEqual([])
  expect((await server.ask()).status).toBe(200)
  await server.close()
  expect([server.speech.running, voice.open]).toEqual([0, 0])
})
