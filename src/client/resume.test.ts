import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer, type WebSocket as Peer } from '../net/ws.js'
import { connectConverse, type ConverseClient } from './client.js'
import { START } from './fixtures/session-start.js'
import { encodeEvent, encodePacket, type SessionStart, type WirePacket } from './protocol.js'

const servers: WebSocketServer[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const peer of server.clients) peer.terminate()
    server.close()
  }
})

/** One connection as the server has it. */
interface Visit {
  readonly peer: Peer
  readonly query: Readonly<Record<string, string>>
  readonly messages: string[]
}

/** A server that starts a session on each connection, unless `refuse` says what to say instead. */
async function greeter(
  start: SessionStart = START,
  refuse?: object,
): Promise<{ url: string; visits: Visit[]; visit(number: number): Promise<Visit> }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  servers.push(server)
  const visits: Visit[] = []
  server.on('connection', (peer, request) => {
    const query = Object.fromEntries(new URL(request.url!, 'http://x').searchParams)
    const visit: Visit = { peer, query, messages: [] }
    peer.on('message', (data: Buffer, isBinary) => {
      visit.messages.push(isBinary ? 'bytes' : data.toString())
    })
    const isBack = visits.push(visit) > 1
    peer.send(JSON.stringify(isBack ? (refuse ?? { ...start, resumed: true }) : start))
    server.emit('greeted')
  })
  await once(server, 'listening')
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/?api_key=k`,
    visits,
    visit: async (number) => {
      while (visits.length < number) await once(server, 'greeted')
      return visits[number - 1]!
    },
  }
}

const told = (client: ConverseClient, name: 'lost' | 'resume' | 'close' | 'turn-end'): Promise<unknown> =>
  new Promise((resolve) => client.on(name, resolve))

const audio = (turn: number): WirePacket => ({
  kind: 'audio',
  turn,
  timestamp: 0,
  duration: 0,
  sampleRate: 24_000,
  samples: new Float32Array(1),
})

describe('a client whose connection breaks', () => {
  it('comes back with the number of messages that count, and its listeners go on', async () => {
    const { url, visit } = await greeter()
    const client = await connectConverse({ url, WebSocket })
    const packets: number[] = []
    client.on('packet', ({ turn }) => packets.push(turn))
    const { peer } = await visit(1)
    peer.send(encodePacket(audio(0)))
    peer.send(encodeEvent({ type: 'turn-start', turn: 1, source: 'say' }))
    peer.send(encodePacket(audio(1)))
    peer.send('{"type":"weather"}')
    const problem = new Promise((resolve) => client.on('problem', resolve))
    peer.send(Buffer.alloc(3))
    await problem
    expect(client.resumption).toEqual({ session: 'one', token: 'secret', received: 4, turn: 1 })
    const back = told(client, 'resume')
    peer.terminate()
    expect(await back).toMatchObject({ resumed: true })
    const { query, peer: next } = await visit(2)
    expect(query).toEqual({ api_key: 'k', session: 'one', token: 'secret', received: '4' })
    const ended = told(client, 'turn-end')
    next.send(encodePacket(audio(1)))
    next.send(encodeEvent({ type: 'turn-end', turn: 1, stats: null }))
    await ended
    expect(packets).toEqual([0, 1, 1])
    client.close()
  })

  it('says afterwards what was asked meanwhile, of what was played the last, and no sound', async () => {
    const { url, visit } = await greeter()
    const client = await connectConverse({ url, WebSocket })
    const [lost, back] = [told(client, 'lost'), told(client, 'resume')]
    ;(await visit(1)).peer.terminate()
    await lost
    client.playhead(1, 100)
    client.say('Hi.')
    client.playhead(1, 200)
    client.sendAudio(new Float32Array(10), 16_000)
    client.sendSpeech(new Float32Array(10), 16_000)
    client.endSpeech(16_000)
    client.interrupt()
    await back
    const { messages, peer } = await visit(2)
    while (messages.length < 4) await once(peer, 'message')
    expect(messages.map((text) => (text === 'bytes' ? text : (JSON.parse(text) as object)))).toEqual([
      { type: 'playhead', turn: 1, timestamp: 200 },
      { type: 'say', text: 'Hi.' },
      // The end of the speech, for which its turn waits.
      'bytes',
      { type: 'interrupt' },
    ])
    client.close()
  })

  it('numbers its speech from where the one before it had come', async () => {
    const { url } = await greeter()
    const first = await connectConverse({ url, WebSocket })
    expect(first.resumption).not.toHaveProperty('utterance')
    first.sendSpeech(new Float32Array(10), 16_000)
    expect(first.resumption).toMatchObject({ utterance: 2 })
    first.endSpeech(16_000)
    const { resumption } = first
    expect(resumption).toMatchObject({ utterance: 2 })
    first.close()
    const second = await connectConverse({ url, WebSocket, resume: resumption })
    second.sendSpeech(new Float32Array(10), 16_000)
    expect(second.resumption).toMatchObject({ utterance: 3 })
    second.close()
  })

  it('tells of an end that comes with the beginning, when somebody can listen', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    servers.push(server)
    server.on('connection', (peer) => {
      peer.send(JSON.stringify(START))
      peer.send(encodeEvent({ type: 'error', code: 'x', message: 'y' }))
      peer.close(1001, 'Bye.')
    })
    await once(server, 'listening')
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = await connectConverse({ url, WebSocket })
    const seen: unknown[] = []
    client.on('error', ({ code }) => seen.push(code))
    client.on('close', (code) => seen.push(code))
    await told(client, 'close')
    expect(seen).toEqual(['x', 1001])
  })

  it('lets no more wait than a person asks for', async () => {
    const { url, visit } = await greeter()
    const client = await connectConverse({ url, WebSocket })
    const lost = told(client, 'lost')
    ;(await visit(1)).peer.terminate()
    await lost
    expect(() => {
      for (;;) client.say('Hi.')
    }).toThrow('100 messages wait')
    client.close()
  })

  it('is at its end where the session is known no more, or it may not come back', async () => {
    const refused = await greeter(START, { type: 'error', code: 'not-found', message: 'Gone.' })
    const client = await connectConverse({ url: refused.url, WebSocket })
    const closed = told(client, 'close')
    ;(await refused.visit(1)).peer.terminate()
    expect(await closed).toBe(1006)
    expect(refused.visits).toHaveLength(2)

    const short = await greeter({ ...START, limits: { ...START.limits, resume: 0 } })
    const late = await connectConverse({ url: short.url, WebSocket })
    const over = told(late, 'close')
    servers[1]!.close()
    ;(await short.visit(1)).peer.terminate()
    expect(await over).toBe(1006)
  })

  it('does not come back when the server says goodbye, takes it over, or it was told not to', async () => {
    for (const code of [1000, 1001, 1011, 1013, 4404, 4409]) {
      const { url, visit, visits } = await greeter()
      const client = await connectConverse({ url, WebSocket })
      const closed = told(client, 'close')
      ;(await visit(1)).peer.close(code)
      expect(await closed).toBe(code)
      expect(visits).toHaveLength(1)
    }
    const { url, visit } = await greeter()
    const client = await connectConverse({ url, WebSocket, resume: false })
    const closed = told(client, 'close')
    ;(await visit(1)).peer.terminate()
    expect(await closed).toBe(1006)
  })

  it('gives up at once when it is closed meanwhile', async () => {
    const { url, visit } = await greeter()
    const client = await connectConverse({ url, WebSocket })
    const [lost, closed] = [told(client, 'lost'), told(client, 'close')]
    for (const server of servers) server.close()
    ;(await visit(1)).peer.terminate()
    await lost
    client.close()
    expect(await closed).toBe(1000)
    client.say('Nobody hears this.')
  })
})
