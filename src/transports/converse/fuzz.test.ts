import { once } from 'node:events'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Chance } from '../../../test/hostile/chance.js'
import { encodePacket, type ServerEvent } from '../../client/protocol.js'
import { ScriptedLine } from './fixtures/scripted-line.js'
import { serveConversations } from './fixtures/served.js'

const MESSAGES = 3000
const ROUNDS = 6

const chance = new Chance(8080)

const TYPES = ['say', 'ask', 'interrupt', 'playhead', 'set', 'record', 'turn-end', '__proto__', '', 7, null]
const FIELDS = [
  ...[
    'text',
    'turn',
    'timestamp',
    'avatar',
    'voice',
    'emotion',
    'quality',
    'fps',
    'size',
    'streams',
    'idle',
    'action',
  ],
  ...['__proto__', 'constructor', 'toString', 'rate'],
]
const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1,
    0.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    'start',
    'happy',
    'Tone 440.',
    '你好。',
    '😀',
    '\ud800',
  ],
  ...['x'.repeat(20_000), 'Mr. '.repeat(500), '../../etc/passwd', '/dev/zero', '{{7*7}}', '\0'],
  ...[
    [],
    {},
    [1],
    Array(8).fill(0.5),
    Array(8).fill('x'),
    Array(5000).fill(1),
    ['audio'],
    ['frames', 'frames'],
  ],
  ...[{ rate: 1 }, { rate: '1' }, { pitch: 99 }, { length: 8 }, { toString: 1 }],
]

function hostileBytes(): Buffer {
  const samples = new Float32Array(chance.below(2000)).fill(chance.next())
  const turn = chance.below(5)
  const packet = {
    kind: chance.pick(['audio', 'speech'] as const),
    turn,
    timestamp: 0,
    duration: 0,
    samples,
  } as const
  const bytes = Buffer.from(
    encodePacket({ ...packet, sampleRate: chance.pick([0, 7, 16_000, 48_000, 2 ** 32 - 1]) }),
  )
  if (chance.next() < 0.5) bytes[chance.below(bytes.length)] = chance.below(256)
  return chance.next() < 0.3 ? bytes.subarray(0, chance.below(bytes.length)) : bytes
}

function hostileMessage(): string | Buffer {
  const fields: Record<string, unknown> = { type: chance.pick(TYPES) }
  for (let count = chance.below(4); count > 0; count -= 1) fields[chance.pick(FIELDS)] = chance.pick(VALUES)
  const text = JSON.stringify(fields)
  switch (chance.below(8)) {
    case 0:
      return text.slice(0, chance.below(text.length))
    case 1:
      return hostileBytes()
    case 2:
      return Buffer.from(text)
    case 3:
      return chance.pick([
        '[',
        '['.repeat(5000),
        `${'['.repeat(5000)}${']'.repeat(5000)}`,
        `{"type":"say","text":${'['.repeat(5000)}${']'.repeat(5000)}}`,
        'null',
        '7',
        '"',
        `{"__proto__":{"type":"say"},"text":"Tone 440."}`,
      ])
    case 4:
      return JSON.stringify({ type: 'say', text: chance.pick(VALUES) })
    default:
      return text
  }
}

it(`survives ${MESSAGES} hostile messages, while another conversation goes on`, async () => {
  const line = new ScriptedLine({ seconds: 0.2 })
  /** Packets of a turn that was over, or had not begun. */
  let strays = 0
  const served = await serveConversations(line.catalogue, { resumeSeconds: 0 })
  try {
    const neighbour = await served.talk()
    for (let round = 0; round < ROUNDS; round += 1) {
      const socket = new WebSocket(served.url)
      let end = (): void => undefined
      const over = new Promise<void>((resolve) => (end = resolve))
      const events: ServerEvent[] = []
      let live = 0
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) {
          if (data.readUInt32LE(4) !== live) strays += 1
          return
        }
        const event = JSON.parse(data.toString()) as ServerEvent
        events.push(event)
        if (event.type === 'turn-start') live = event.turn
        if (event.type === 'turn-cancel') live = 0
        if (event.type === 'error' && event.message.startsWith('turn is 4000000000')) end()
      })
      await once(socket, 'message')
      for (let count = 0; count < MESSAGES / ROUNDS; count += 1) socket.send(hostileMessage())
      neighbour.client.say('Tone 440.')
      await neighbour.until((event) => event.type === 'turn-end' && event.turn === round + 1)
      if (round % 2 === 0) {
        socket.send(JSON.stringify({ type: 'playhead', turn: 4_000_000_000, timestamp: 0 }))
        await over
        const turns = (type: string): number => events.filter((event) => event.type === type).length
        expect(turns('turn-start')).toBeGreaterThan(5)
        expect(turns('turn-start') - turns('turn-cancel') - turns('turn-end')).toBeLessThanOrEqual(1)
      }
      // Half of them leave in the middle of their work.
      socket.terminate()
      await once(socket, 'close')
    }
    expect(neighbour.events.some(({ type }) => type === 'error' || type === 'turn-cancel')).toBe(false)
    expect(neighbour.packets('audio')).toHaveLength(2 * ROUNDS)
    expect([served.unexpected, strays]).toEqual([[], 0])
  } finally {
    await served.close()
  }
  expect(line.open).toBe(0)
})
