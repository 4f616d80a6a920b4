import { setTimeout as sleep } from 'node:timers/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { CancelledError, ConfigError, PhizError, UnavailableError } from '../../../errors.js'
import { ScriptedServer } from '../../../net/fixtures/scripted-server.js'
import { HttpStatusError } from '../../../net/http.js'
import type { Message, Reply } from '../reply.js'
import { chatServer } from './chat-server.js'
import { openaiReply } from './openai-reply.js'

const KEY = 'sk-very-secret'
const QUESTION: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello?' },
]
const NEVER = new AbortController().signal

type Handler = (response: ServerResponse, request: IncomingMessage, body: string) => unknown

const servers: ScriptedServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

async function serving(handler: Handler): Promise<ScriptedServer> {
  const server = await new ScriptedServer({
    http: (request, response) => {
      let body = ''
      request.on('data', (piece: Buffer) => (body += piece.toString()))
      request.on('end', () => void handler(response, request, body))
    },
  }).start()
  servers.push(server)
  return server
}

interface Limits {
  readonly firstWordMs?: number
  readonly nextWordMs?: number
  readonly maxCharacters?: number
  readonly apiKey?: string
}

function replyAt(port: number, path: string, limits: Limits = {}): Reply {
  const { firstWordMs = 5000, nextWordMs = 5000, maxCharacters = 1000, apiKey = KEY } = limits
  const url = `http://127.0.0.1:${port}${path}`
  const server = chatServer({ url, model: 'small', apiKey, timeoutMs: firstWordMs })
  return openaiReply({ server, maxCharacters, nextWordMs })
}

async function replyOf(handler: Handler, limits?: Limits): Promise<Reply> {
  return replyAt((await serving(handler)).port, '/v1', limits)
}

async function all(reply: Reply, signal = NEVER): Promise<string> {
  let text = ''
  for await (const piece of reply.answer(QUESTION, signal)) text += piece
  return text
}

async function failureOf(work: Promise<unknown>): Promise<PhizError> {
  try {
    await work
  } catch (error) {
    if (PhizError.isInstance(error)) return error
    throw error
  }
  throw new Error('Expected a failure')
}

function open(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  response.flushHeaders()
}

function send(response: ServerResponse, delta: object, finishReason: string | null = null): void {
  const choices = [{ index: 0, delta, finish_reason: finishReason }]
  response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices })}\n\n`)
}

function close(response: ServerResponse): void {
  response.end('data: [DONE]\n\n')
}

/** An answer of these words, and the end that servers give it. */
function say(response: ServerResponse, ...words: readonly string[]): void {
  open(response)
  send(response, { role: 'assistant', content: '' })
  for (const content of words) send(response, { content })
  send(response, {}, 'stop')
  response.write('data: {"choices":[],"usage":{"total_tokens":3}}\n\n')
  close(response)
}

describe('openaiReply', () => {
  it('asks as the protocol wants it, tells nothing of this machine, and gives plain words', async () => {
    const asked: { readonly request: IncomingMessage; readonly body: string }[] = []
    const reply = await replyOf((response, request, body) => {
      asked.push({ request, body })
      say(response, '<think>Hm', 'm.</think>\n\n', 'Hel', 'lo **th', 'ere** 🎉', '!')
    })
    expect(await all(reply)).toBe('Hello there!')
    const { request, body } = asked[0]!
    expect(request.url).toBe('/v1/chat/completions')
    expect(request.headers.authorization).toBe(`Bearer ${KEY}`)
    expect(Object.keys(request.headers).filter((name) => /stainless|openai/i.test(name))).toEqual([])
    expect(JSON.parse(body)).toEqual({ model: 'small', messages: QUESTION, stream: true })
    expect(reply.name).toMatch(/^openai small at http:\/\/127\.0\.0\.1:\d+\/v1$/)
  })

  it('takes the address of the endpoint too, with its query, and a key in the address', async () => {
    const asked: IncomingMessage[] = []
    const server = await serving((response, request) => {
      asked.push(request)
      say(response, 'Yes.')
    })
    expect(await all(replyAt(server.port, '/v1/chat/completions?api-version=1', { apiKey: '' }))).toBe('Yes.')
    const url = `http://:own@127.0.0.1:${server.port}/v1/`
    const chat = chatServer({ url, model: 'm', apiKey: KEY, timeoutMs: 5000 })
    await all(openaiReply({ server: chat, maxCharacters: 100, nextWordMs: 1000 }))
    expect(asked.map(({ url: path }) => path)).toEqual([
      '/v1/chat/completions?api-version=1',
      '/v1/chat/completions',
    ])
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer own'])
  })

  it('gives words while the rest is being written, and uses the connection again', async () => {
    const sockets = new Set<unknown>()
    let isRead = (): void => {}
    const read = new Promise<void>((resolve) => (isRead = resolve))
    const reply = await replyOf(async (response, request) => {
      sockets.add(request.socket)
      open(response)
      send(response, { content: 'One. ' })
      send(response, { content: 'Two' })
      // The rest is written only when the beginning has arrived.
      await read
      send(response, { content: '.' }, 'stop')
      close(response)
    })
    const pieces: string[] = []
    for await (const piece of reply.answer(QUESTION, NEVER)) {
      pieces.push(piece)
      if (pieces.join('') === 'One. Two') isRead()
    }
    expect(pieces.join('')).toBe('One. Two.')
    await sleep(20)
    expect(await all(reply)).toBe('One. Two.')
    expect(sockets.size).toBe(1)
  })

  it('closes the connection at once when the signal aborts, and when nobody wants more', async () => {
    const closed: Promise<void>[] = []
    const reply = await replyOf((response) => {
      closed.push(new Promise((resolve) => response.on('close', resolve)))
      open(response)
      send(response, { content: 'Once ' })
      send(response, { content: 'upon ' })
    })
    for await (const piece of reply.answer(QUESTION, NEVER)) {
      expect(piece).toBe('Once')
      break
    }
    await closed[0]

    const controller = new AbortController()
    const reason = new CancelledError('Enough.')
    const interrupted = (async () => {
      for await (const piece of reply.answer(QUESTION, controller.signal)) {
        if (piece.endsWith('upon')) controller.abort(reason)
      }
    })()
    await expect(interrupted).rejects.toBe(reason)
    await closed[1]
    await expect(all(reply, controller.signal)).rejects.toBe(reason)
    expect(closed).toHaveLength(2)
  })

  it('stops waiting for a server that is silent when the signal aborts', async () => {
    const controller = new AbortController()
    const reason = new CancelledError('Enough.')
    let closed: Promise<unknown> = Promise.resolve()
    const reply = await replyOf((response) => {
      closed = new Promise((resolve) => response.on('close', resolve))
      controller.abort(reason)
    })
    await expect(all(reply, controller.signal)).rejects.toBe(reason)
    await closed
  })

  it('ends an answer that is too long, and the connection with it', async () => {
    let closed: Promise<unknown> = Promise.resolve()
    const reply = await replyOf(
      async (response) => {
        closed = new Promise((resolve) => response.on('close', resolve))
        open(response)
        while (!response.destroyed) {
          send(response, { content: 'Blah blah blah. ' })
          await sleep(1)
        }
      },
      { maxCharacters: 100 },
    )
    expect(await all(reply)).toBe(Array(6).fill('Blah blah blah.').join(' '))
    await closed
  })

  it('waits long for the first word, and shorter for each next; thoughts are a sign of life', async () => {
    const silent = await replyOf((response) => open(response), { firstWordMs: 60, nextWordMs: 20 })
    expect((await failureOf(all(silent))).message).toMatch(
      /^The reply server at http:.* does not answer: it said nothing for 0\.1 s\.$/,
    )
    const stuck = await replyOf(
      (response) => {
        open(response)
        send(response, { content: 'Well ' })
      },
      { nextWordMs: 40 },
    )
    const error = await failureOf(all(stuck))
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error.retryable).toBe(true)
    const thinking = await replyOf(
      async (response) => {
        open(response)
        for (let step = 0; step < 8; step += 1) {
          send(response, { reasoning_content: 'hm ' })
          await sleep(50)
        }
        send(response, { content: 'Yes.' }, 'stop')
        close(response)
      },
      { firstWordMs: 300, nextWordMs: 2000 },
    )
    expect(await all(thinking)).toBe('Yes.')
  })

  it.each([
    [
      401,
      { error: { message: `Incorrect API key provided: ${KEY}.` } },
      /HTTP 401, the key is missing or not right.*OPENAI_API_KEY/,
      false,
    ],
    [403, {}, /HTTP 403, the key/, false],
    [
      404,
      { error: 'model "small" not found' },
      /model "small" not found\. Is the model "small" there, .*\/v1\?/,
      false,
    ],
    [422, { detail: `no, ${KEY}!` }, /HTTP 422, no, …!/, false],
    [429, { error: { message: 'Slow down.' } }, /HTTP 429, too many requests, .*: Slow down/, true],
    [500, '<html>Oops</html>', /HTTP 500\.$/, true],
    [503, { message: 'loading\nthe model' }, /HTTP 503, loading the model/, true],
    [308, '', /HTTP 308, a redirect to http:\/\/elsewhere\/\. Name that address instead/, false],
  ])('explains HTTP %i', async (status, body, message, retryable) => {
    const reply = await replyOf((response) => {
      response.writeHead(status, { location: 'http://elsewhere/' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
    const error = await failureOf(all(reply))
    expect(error).toBeInstanceOf(HttpStatusError)
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain(KEY)
    expect(error.retryable).toBe(retryable)
  })

  it('reads little of a long error', async () => {
    const reply = await replyOf((response) => {
      response.writeHead(500)
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    expect((await failureOf(all(reply))).message).toMatch(/HTTP 500/)
  })

  const BROKEN: readonly (readonly [what: string, answer: Handler, message: RegExp])[] = [
    [
      'a page',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      /its answer is text\/html, not text\/event-stream\. Does the address end in \/v1\?/,
    ],
    [
      'no stream',
      (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
      /application\/json, not text\/event-stream/,
    ],
    [
      'no JSON',
      (response) => {
        open(response)
        response.end('data: {oops\n\n')
      },
      /a piece of its answer is no JSON/,
    ],
    [
      'other JSON',
      (response) => {
        open(response)
        response.end('data: {"choices":"x"}\n\ndata: [DONE]\n\n')
      },
      /no chat\.completion\.chunk/,
    ],
    [
      'an error',
      (response) => {
        open(response)
        send(response, { content: 'Well' })
        response.end(`data: {"error":{"message":"out of memory, ${KEY}"}}\n\n`)
      },
      /could not do its work: out of memory, …$/,
    ],
    [
      'half an answer',
      (response) => {
        open(response)
        send(response, { content: 'Well, ' })
        response.end()
      },
      /it broke off in the middle of its answer/,
    ],
    [
      'a cut connection',
      (response) => {
        open(response)
        send(response, { content: 'Well, ' })
        setTimeout(() => response.socket?.destroy(), 20)
      },
      /does not answer: the connection broke/,
    ],
    ['nothing', (response) => say(response), /nothing that can be said; its reason to end is "stop"/],
    ['thoughts alone', (response) => say(response, '<think>Hm'), /nothing that can be said/],
    ['pictures alone', (response) => say(response, '🎉'), /nothing that can be said/],
    [
      'a line without end',
      async (response) => {
        open(response)
        while (!response.destroyed) {
          response.write('x'.repeat(65_536))
          await sleep(1)
        }
      },
      /a line of its answer is longer than 262144 bytes/,
    ],
  ]

  it.each(BROKEN)('names what is wrong with %s', async (_what, answer, message) => {
    const error = await failureOf(replyOf(answer).then((reply) => all(reply)))
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain(KEY)
  })

  it('says that nobody listens', async () => {
    const server = await serving(() => {})
    const reply = replyAt(server.port, '/v1')
    await server.stop()
    expect((await failureOf(all(reply))).message).toMatch(
      /^The reply server at http:\/\/127\.0\.0\.1:\d+\/v1 does not answer: nothing listens there\.$/,
    )
  })

  it('takes an answer that ends without a reason', async () => {
    const reply = await replyOf((response) => {
      open(response)
      response.write(': a comment\r\n\r\n')
      send(response, { content: 'Fine.' })
      close(response)
    })
    expect(await all(reply)).toBe('Fine.')
  })

  it('does not wait for a connection that stays open behind the answer', async () => {
    const reply = await replyOf((response) => {
      open(response)
      send(response, { content: 'Fine.' }, 'stop')
    })
    expect(await all(reply)).toBe('Fine.')
  })
})

describe('chatServer', () => {
  it('refuses a key that is none, without repeating it, and a missing model', () => {
    const options = { url: 'http://h/v1', model: '', apiKey: 'säcret', timeoutMs: 1 }
    expect(() => chatServer(options)).toThrow(ConfigError)
    expect(() => chatServer(options)).toThrow(/reply\.model: Expected the name of a model at http:\/\/h\/v1/)
    expect(() => chatServer(options)).toThrow(/reply\.apiKey: Expected .* got 6 characters/)
    expect(() => chatServer(options)).not.toThrow(/cret/)
  })
})
