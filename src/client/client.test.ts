import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer, type WebSocket as Peer } from '../net/ws.js'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connectConverse, type ConverseClient } from './client.js'
import { START } from './fixtures/session-start.js'
import { decodePacket, encodeEvent, encodePacket, type WirePacket } from './protocol.js'

let server: WebSocketServer | undefined

afterEach(() => {
  for (const peer of server?.clients ?? []) peer.terminate()
  server?.close()
})

/** A server that greets with `first`, and its address. */
async function greet(first: object): Promise<{ url: string; peer: Promise<Peer> }> {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const peer = once(server, 'connection').then(([socket]) => {
    ;(socket as Peer).send(JSON.stringify(first))
    return socket as Peer
  })
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, peer }
}

async function connected(): Promise<{ client: ConverseClient; peer: Peer }> {
  const { url, peer } = await greet(START)
  return { client: await connectConverse({ url, WebSocket }), peer: await peer }
}

const audio = (turn: number): WirePacket => ({
  kind: 'audio',
  turn,
  timestamp: 0,
  duration: 0,
  sampleRate: 24_000,
  samples: new Float32Array(1),
})

describe('a client', () => {
  it('knows its session, and lets through packets of the turn that lives alone', async () => {
    const { client, peer } = await connected()
    expect(client.session).toEqual(START)
    const turns: number[] = []
    client.on('packet', (packet) => turns.push(packet.turn))
    peer.send(encodePacket(audio(1)))
    peer.send(encodeEvent({ type: 'turn-start', turn: 1, source: 'say' }))
    peer.send(encodePacket(audio(1)))
    peer.send(encodeEvent({ type: 'turn-cancel', turn: 1, heard: '', stats: null }))
    peer.send(encodePacket(audio(1)))
    peer.send(encodeEvent({ type: 'turn-start', turn: 2, source: 'say' }))
    peer.send(encodePacket(audio(1)))
    peer.send(encodePacket(audio(2)))
    peer.send(encodeEvent({ type: 'turn-end', turn: 2, stats: null }))
    await new Promise((resolve) => client.on('turn-end', resolve))
    expect(turns).toEqual([1, 2])
  })

  it('sends what the protocol says, sound with its place in time', async () => {
    const { client, peer } = await connected()
    const messages: (Buffer | string)[] = []
    peer.on('message', (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()))
    client.say('Hi.')
    client.playhead(1, 12.6)
    client.set({ voice: { rate: 2 } })
    client.sendAudio(new Float32Array(1600), 16_000)
    client.sendAudio(new Float32Array(1600), 16_000)
    client.sendSpeech(new Float32Array(800), 16_000)
    client.endSpeech(16_000)
    client.sendSpeech(new Float32Array(800), 16_000)
    client.interrupt()
    while (messages.length < 9) await once(peer, 'message')
    expect(messages.filter((one) => typeof one === 'string').map((one) => JSON.parse(one) as object)).toEqual(
      [
        { type: 'say', text: 'Hi.' },
        { type: 'playhead', turn: 1, timestamp: 13 },
        { type: 'set', voice: { rate: 2 } },
        { type: 'interrupt' },
      ],
    )
    const packets = messages.filter((one) => typeof one !== 'string').map((bytes) => decodePacket(bytes))
    expect(packets.map(({ kind, turn, timestamp, duration }) => [kind, turn, timestamp, duration])).toEqual([
      ['audio', 0, 0, 100_000],
      ['audio', 0, 100_000, 100_000],
      ['speech', 1, 0, 50_000],
      ['speech', 1, 50_000, 0],
      ['speech', 2, 0, 50_000],
    ])
  })

  it('tells of what is not of the protocol, passes over what is new, and goes on', async () => {
    const { client, peer } = await connected()
    const problems: string[] = []
    client.on('problem', ({ message }) => problems.push(message))
    peer.send('{')
    peer.send(Buffer.alloc(3))
    peer.send('{"type":"weather"}')
    peer.send(encodeEvent({ type: 'error', code: 'x', message: 'y' }))
    await new Promise((resolve) => client.on('error', resolve))
    expect(problems).toEqual([expect.stringContaining('JSON'), expect.stringContaining('3 bytes')])
  })

  it('stops listening when it is told to', async () => {
    const { client, peer } = await connected()
    let count = 0
    const stop = client.on('error', () => (count += 1))
    peer.send(encodeEvent({ type: 'error', code: 'x', message: 'y' }))
    await new Promise((resolve) => client.on('error', resolve))
    stop()
    peer.send(encodeEvent({ type: 'error', code: 'x', message: 'y' }))
    peer.close(1001, 'Bye.')
    const close = await new Promise((resolve) =>
      client.on('close', (code, reason) => {
        resolve([code, reason])
      }),
    )
    expect([count, close]).toEqual([1, [1001, 'Bye.']])
  })
})

describe('connecting', () => {
  it('fails with the code of the refusal', async () => {
    const { url } = await greet({ type: 'error', code: 'overload', message: 'All are taken.' })
    await expect(connectConverse({ url, WebSocket })).rejects.toMatchObject({
      code: 'overload',
      message: 'All are taken.',
    })
  })

  it('fails for another version, for a server that is none, and when it is given up', async () => {
    const { url } = await greet({ ...START, version: 2 })
    await expect(connectConverse({ url, WebSocket })).rejects.toThrow('version is 2')
    await expect(connectConverse({ url: 'ws://127.0.0.1:1', WebSocket })).rejects.toMatchObject({
      code: 'closed',
    })
    const signal = AbortSignal.abort(new Error('given up'))
    await expect(connectConverse({ url, WebSocket, signal })).rejects.toThrow('given up')
  })

  it('can be given up on the way', async () => {
    const { url } = await greet({ type: 'weather' })
    const controller = new AbortController()
    const connecting = connectConverse({ url, WebSocket, signal: controller.signal })
    controller.abort(new Error('given up'))
    await expect(connecting).rejects.toThrow('given up')
  })
})
