/** Attacks on an HTTP service. */
import { Agent, request, type IncomingMessage } from 'node:http'
import type { Answers } from './answers.js'
import type { Chance } from './chance.js'
import { hostileText, type MessageShape } from './json-text.js'
import { closing, connected, inParallel, pause } from './waiting.js'
import { HOSTILE_PATHS, HOSTILE_VALUES, INHERITED_NAMES } from './values.js'

/** An endpoint, and what its body is: JSON, a form, or nothing. A `*` in the path stands for something that a client names. */
export interface Endpoint {
  readonly method: string
  readonly path: string
  readonly json?: MessageShape
  readonly form?: FormShape
}

export interface FormShape {
  /** Honest values by name. */
  readonly fields: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, Uint8Array>>
}

interface HostileRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

const CONCURRENCY = 16
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'] as const

/** Sends hostile requests and takes what comes back. An answer with a status of 500 is an error. */
export async function sendHostileRequests(
  address: string,
  endpoints: readonly Endpoint[],
  { count, chance, answers }: { count: number; chance: Chance; answers: Answers },
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY })
  try {
    await inParallel(count, CONCURRENCY, async () => {
      const hostile = hostileRequest(chance, endpoints)
      const isLeaving = chance.next() < 0.03
      const { status, text } = await send(address, hostile, agent, isLeaving)
      if (status === 500) {
        throw new Error(`${hostile.method} ${hostile.path} was answered with 500: ${text}`)
      }
      answers.add(text)
    })
  } finally {
    agent.destroy()
  }
}

function hostileRequest(chance: Chance, endpoints: readonly Endpoint[]): HostileRequest {
  const endpoint = chance.pick(endpoints)
  const named = encodeURIComponent(
    wellFormed(chance.pick([...HOSTILE_PATHS, ...INHERITED_NAMES, 'x'])),
  ).slice(0, 4000)
  let path = endpoint.path.replace('*', named)
  if (chance.next() < 0.1) path = pathTrick(chance, path)
  const method = chance.next() < 0.1 ? chance.pick(METHODS) : endpoint.method
  if (method === 'GET' || method === 'HEAD') return { method, path, headers: {}, body: '' }
  if (endpoint.json !== undefined) {
    const types = [
      'application/json',
      'application/json',
      'text/plain',
      'application/json; charset=utf-16',
      '\t',
    ]
    return {
      method,
      path,
      headers: { 'content-type': chance.pick(types) },
      body: chance.next() < 0.1 ? chance.bytes(chance.below(300)) : hostileText(chance, endpoint.json),
    }
  }
  if (endpoint.form !== undefined) return { method, path, ...hostileForm(chance, endpoint.form) }
  return { method, path, headers: {}, body: chance.next() < 0.5 ? '' : chance.bytes(200) }
}

function pathTrick(chance: Chance, path: string): string {
  return chance.pick([
    `/..${path}`,
    `/%2e%2e%2f${path}`,
    `${path}/..;/`,
    `${path}%00`,
    `//${path}`,
    `${path}?${'a=1&'.repeat(500)}`,
    `${path}?__proto__[x]=1`,
    `/%ff%fe${path}`,
    `/%E0%A4%A${path}`,
    path.toUpperCase(),
    `${path}/`,
    `${path}.json`,
    '/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/docs/../../package.json',
    '/docs/%2e%2e%2f%2e%2e%2fpackage.json',
    `/${'a'.repeat(8_000)}`,
  ])
}

function hostileForm(chance: Chance, { fields, files }: FormShape): Pick<HostileRequest, 'headers' | 'body'> {
  const boundary = chance.pick([
    'b',
    'x'.repeat(70),
    '----WebKitFormBoundary',
    "'()+_,-./:=?",
    'x'.repeat(5_000),
  ])
  const parts: Uint8Array[] = []
  for (const [name, honest] of Object.entries({ ...files, ...fields })) {
    if (chance.next() < 0.1) continue
    const isFile = name in files
    const value = chance.pick(HOSTILE_VALUES)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const content = chance.next() < 0.7 ? Buffer.from(honest as Uint8Array) : Buffer.from(text)
    const filename = isFile || chance.next() < 0.1 ? `; filename="${quoted(chance.pick(HOSTILE_PATHS))}"` : ''
    const title = chance.next() < 0.1 ? quoted(chance.pick([...HOSTILE_PATHS, ...INHERITED_NAMES])) : name
    const extra = chance.next() < 0.05 ? `X-Large: ${'x'.repeat(chance.below(40_000))}\r\n` : ''
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${title}"${filename}\r\n${extra}\r\n`
    parts.push(Buffer.from(head), content, Buffer.from('\r\n'))
    if (chance.next() < 0.02) {
      for (let copy = 0; copy < 300; copy++) parts.push(Buffer.from(head), Buffer.from('x\r\n'))
    }
  }
  let body: Buffer = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])
  if (chance.next() < 0.15) body = body.subarray(0, chance.below(body.length))
  if (chance.next() < 0.1 && body.length > 0) body[chance.below(body.length)] = chance.below(256)
  if (chance.next() < 0.05) body = chance.bytes(500)
  const type = `multipart/form-data; boundary=${chance.next() < 0.9 ? `"${boundary}"` : 'other'}`
  const types = [
    'multipart/form-data',
    'multipart/mixed; boundary=b',
    'application/json',
    'application/x-www-form-urlencoded',
  ]
  return { headers: { 'content-type': chance.next() < 0.9 ? type : chance.pick(types) }, body }
}

function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '').replaceAll('\n', '')
}

function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/g, '?')
}

/** @param isLeaving whether the client goes away in the middle of its request */
async function send(
  address: string,
  { method, path, headers, body }: HostileRequest,
  agent: Agent,
  isLeaving: boolean,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(address)
  const length = Buffer.byteLength(body) + (isLeaving ? 1000 : 0)
  const framed = length === 0 ? headers : { ...headers, 'content-length': length }
  const outgoing = request({ hostname, port, method, path, headers: framed, agent })
  const closed = closing(outgoing)
  // Between two requests a socket is the agent's, which leaves late errors to whoever listens.
  outgoing.once('socket', (socket) => {
    if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore)
  })
  outgoing.on('error', ignore)
  const answered = new Promise<IncomingMessage | undefined>((resolve) => {
    outgoing.once('response', resolve)
    outgoing.once('close', () => {
      resolve(undefined)
    })
  })
  if (isLeaving) {
    outgoing.write(body.length === 0 ? 'x' : body)
    setTimeout(() => outgoing.destroy(), 5)
  } else outgoing.end(body)
  const response = await answered
  if (response === undefined) return { status: 0, text: '' }
  let text = ''
  response.setEncoding('utf8').on('data', (more: string) => (text += more))
  response.on('error', ignore)
  await closed
  return { status: response.statusCode ?? 0, text }
}

function ignore(): void {
  // A server may hang up on such clients; that it serves others is what counts.
}

/** What is no HTTP, or HTTP that means two things at once. */
const RAW_REQUESTS: readonly string[] = [
  '\0\0\0\0\r\n\r\n',
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n',
  'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: x\r\n${'X: x\r\n'.repeat(3_000)}\r\n`,
  `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a b\\c?d#e@f\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: [\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nx',
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 6\r\n\r\nxxxxxx',
  'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx',
  'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=\0\r\nxx',
  'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  Array.from({ length: 200 }, () => 'GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n').join(''),
]

/**
 * Opens connections that say nonsense, or half of something, and go. Those that wait for the server are left by this
 * side after a moment.
 */
export async function talkNonsense(
  address: string,
  { count, chance, answers }: { count: number; chance: Chance; answers: Answers },
): Promise<void> {
  await inParallel(count, 20, async () => {
    const socket = await connected(address)
    const closed = closing(socket)
    let text = ''
    socket.setEncoding('latin1').on('data', (more: string) => (text += more))
    const raw = Buffer.from(chance.pick(RAW_REQUESTS), 'latin1')
    socket.write(chance.next() < 0.2 ? raw.subarray(0, chance.below(raw.length)) : raw)
    if (chance.next() < 0.3) socket.end()
    await Promise.race([closed, pause(5 + chance.below(20))])
    if (chance.next() < 0.5) socket.resetAndDestroy()
    else socket.destroy()
    await closed
    if (text !== '') answers.add(text)
  })
}
