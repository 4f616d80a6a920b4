import { badAnswer, noAnswer } from '../../../net/server.js'
import type { ChatServer } from './chat-server.js'
import { refusal } from './refusal.js'

/** Bytes of an error's body that are read. */
const MOST_ERROR_BYTES = 65_536
/** Bytes between two line breaks of an event stream: many times what an event has. */
const MOST_LINE_BYTES = 262_144
/** Bytes of an answer, thoughts included: each of its tokens takes about 300. */
const MOST_BYTES = 64 * 2 ** 20

const LINE_FEED = 0x0a

/** What an answer ends with, and the bytes at its end in which that is looked for. */
const DONE = '[DONE]'
const TAIL_BYTES = 64

/**
 * `fetch` for the OpenAI client, which by itself follows redirects, tells the server about this machine, and keeps what
 * comes without a limit. What goes out is the request's body and the server's own headers, nothing else; what comes
 * back is an event stream of bounded lines that ends as an answer does.
 *
 * The promise rejects, and the body fails, with UnavailableError when the server refuses or breaks its protocol.
 */
export function chatFetch(server: ChatServer): (url: unknown, init?: RequestInit) => Promise<Response> {
  return async (url, init) => {
    const response = await fetch(String(url), {
      method: 'POST',
      redirect: 'manual',
      headers: {
        ...server.address.headers,
        accept: 'text/event-stream',
        'content-type': 'application/json',
      },
      body: init?.body ?? null,
      signal: init?.signal ?? null,
    })
    if (!response.ok) {
      const body = await beginningOf(response)
      throw refusal(server, response.status, body, response.headers.get('location'))
    }
    const type = response.headers.get('content-type') ?? ''
    if (response.body === null || !/^text\/event-stream\b/i.test(type)) {
      await response.body?.cancel()
      throw badAnswer(
        server,
        `its answer is ${type === '' ? 'of no type' : type.slice(0, 100)}, not text/event-stream. Does the address end in /v1?`,
      )
    }
    return new Response(ReadableStream.from(bounded(response.body, server)), { headers: response.headers })
  }
}

async function beginningOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  if (response.body === null) return ''
  try {
    for await (const piece of response.body as ReadableStream<Uint8Array>) {
      pieces.push(piece)
      length += piece.length
      if (length > MOST_ERROR_BYTES) break
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(pieces).toString('utf8', 0, MOST_ERROR_BYTES)
}

/**
 * The body, failing when it is larger than an answer, one of its lines than an event, or its end is not that of an
 * answer. Leaving closes the connection.
 */
async function* bounded(
  body: ReadableStream<Uint8Array>,
  server: ChatServer,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0
  let line = 0
  let tail = Buffer.alloc(0)
  for await (const piece of body) {
    total += piece.length
    const lastBreak = piece.lastIndexOf(LINE_FEED)
    line = lastBreak < 0 ? line + piece.length : piece.length - lastBreak - 1
    if (total > MOST_BYTES) throw badAnswer(server, `its answer is larger than ${MOST_BYTES} bytes`)
    if (line > MOST_LINE_BYTES) {
      throw badAnswer(server, `a line of its answer is longer than ${MOST_LINE_BYTES} bytes`)
    }
    tail = Buffer.concat([tail, piece.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES)
    yield piece
  }
  if (!tail.includes(DONE)) throw noAnswer(server, 'it broke off in the middle of its answer')
}
