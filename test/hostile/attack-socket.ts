/** Attacks on a WebSocket service. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Answers } from './answers.js'
import type { Chance } from './chance.js'
import { hostileText, type MessageShape } from './json-text.js'
import { brokenFrames } from './socket-frames.js'
import { HOSTILE_PATHS } from './values.js'
import { closing, connected, inParallel, pause } from './waiting.js'

export interface SocketService extends MessageShape {
  /** Messages that the server answers after all that came before them, with an answer that holds `last`. */
  readonly closing: readonly Readonly<Record<string, unknown>>[]
}

/** Names every hostile path to a service, each in every message that can hold it, and takes an error for each. */
export async function nameHostilePaths(
  address: string,
  messagesWith: (path: string) => readonly object[],
  answers: Answers,
): Promise<void> {
  const client = new WebSocket(address)
  const gone = closing(client).then(() => {
    throw new Error('The server has closed a connection that broke no rule.')
  })
  await Promise.race([once(client, 'open'), gone])
  for (const path of HOSTILE_PATHS) {
    for (const message of messagesWith(path)) {
      const refused = new Promise<void>((resolve) => {
        client.on('message', function take(data: Buffer) {
          const text = data.toString()
          answers.add(text)
          if (!text.includes('error')) return
          client.off('message', take)
          resolve()
        })
      })
      client.send(JSON.stringify(message))
      await Promise.race([refused, gone])
    }
  }
  gone.catch(() => {})
  client.terminate()
}

/** Messages of one connection. */
const MESSAGES_A_CONNECTION = 150
/** Messages that are on their way before it is the server's turn. */
const BURST = 10

/**
 * Sends hostile messages over ordinary connections, one after the other, and waits for the answer to an ordinary one
 * at the end of each. Every third connection is cut instead, in the middle of whatever the server is doing.
 */
export async function sendHostileMessages(
  address: string,
  service: SocketService,
  { count, chance, answers }: { count: number; chance: Chance; answers: Answers },
): Promise<void> {
  for (let sent = 0, connection = 0; sent < count; connection++) {
    const client = new WebSocket(address)
    client.on('error', () => {})
    const closed = closing(client)
    const isAnswered = new Promise<boolean>((resolve) => {
      void closed.then(() => {
        resolve(false)
      })
      client.on('message', (data: Buffer, isBinary) => {
        if (isBinary) return
        const text = data.toString()
        answers.add(text)
        if (text.includes('last')) resolve(true)
      })
    })
    await once(client, 'open')
    for (let here = 0; here < MESSAGES_A_CONNECTION && sent < count; here++, sent++) {
      const text = hostileText(chance, service)
      client.send(chance.next() < 0.1 ? Buffer.from(text) : chance.next() < 0.05 ? chance.bytes(300) : text)
      if (here % BURST === BURST - 1) await new Promise((resolve) => setImmediate(resolve))
    }
    if (connection % 3 !== 2) {
      for (const message of service.closing) client.send(JSON.stringify(message))
      if (!(await isAnswered)) throw new Error('The server has closed a connection that broke no rule.')
    }
    client.terminate()
    await closed
  }
}

/** Opens connections and breaks the rules of the protocol on each. */
export async function breakConnections(
  address: string,
  { count, chance }: { count: number; chance: Chance },
): Promise<void> {
  const { pathname } = new URL(address)
  const breakOne = async (): Promise<void> => {
    const socket = await connected(address)
    const closed = closing(socket)
    socket.write(handshake(pathname, chance))
    socket.write(brokenFrames(chance))
    await leave(socket, chance)
    await closed
  }
  await inParallel(count, 20, breakOne)
}

/** An opening handshake (RFC 6455, section 4.1), in one of ten cases a wrong one. */
function handshake(path: string, chance: Chance): string {
  const wrong = chance.next() < 0.1 ? chance.below(8) : -1
  const lines = [
    wrong === 0 ? `POST ${path} HTTP/1.1` : `GET ${wrong === 1 ? '/%2e%2e/%00' : path} HTTP/1.1`,
    'Host: 127.0.0.1',
    wrong === 2 ? 'Upgrade: h2c' : 'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${wrong === 3 ? 'short' : randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Version: ${wrong === 4 ? 99 : 13}`,
    wrong === 5
      ? `Sec-WebSocket-Protocol: ${'a,'.repeat(500)}`
      : 'Sec-WebSocket-Extensions: permessage-deflate',
    wrong === 6 ? `X-Large: ${'x'.repeat(20_000)}` : 'X-Small: x',
    wrong === 7 ? 'Origin: https://elsewhere.example' : 'X-None: x',
  ]
  return lines.join('\r\n') + '\r\n\r\n'
}

/** Goes without a goodbye: at once or later, politely or by a reset, or when the server has had enough. */
async function leave(socket: Socket, chance: Chance): Promise<void> {
  socket.resume()
  const patience = chance.below(20)
  switch (chance.below(3)) {
    case 0:
      socket.end()
      break
    case 1:
      await pause(patience)
      socket.resetAndDestroy()
      return
    default:
      await Promise.race([closing(socket), pause(patience)])
  }
  await pause(patience)
  socket.destroy()
}
