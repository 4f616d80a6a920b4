import type { z } from 'zod'
import { PhizError, UnavailableError } from '../errors.js'
import { Deadline } from './deadline.js'
import { badAnswer, nameOf, noAnswer, quoted, reasonOf, type RemoteServer } from './server.js'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Path below the server's address, beginning with a slash. */
  readonly path: string
  readonly body?: FormData | { readonly json: unknown }
  readonly signal: AbortSignal
  /** Longest wait for the answer's beginning, in milliseconds. Default: the server's. */
  readonly timeoutMs?: number
}

/** A server's refusal, with its HTTP status. */
export class HttpStatusError extends UnavailableError {
  readonly status: number
  /** The server's own words, short; empty when it says nothing. */
  readonly told: string

  constructor(server: RemoteServer, status: number, told: string, retryable: boolean) {
    super(`${nameOf(server)} refused: HTTP ${status}${told === '' ? '.' : `, ${told}`}`, { retryable })
    this.status = status
    this.told = told
  }
}

/** Bytes of a JSON answer, when nothing else is said: far more than any of them has. */
const MOST_JSON_BYTES = 4 * 2 ** 20
/** Bytes of an error's body that are read. */
const MOST_ERROR_BYTES = 65_536

/**
 * Sends a request and resolves when the answer begins. Redirects are not followed: what was configured is where sound
 * and pictures go. Close the answer, or read it to its end.
 *
 * @throws UnavailableError when the server cannot be reached or does not answer in time, {@link HttpStatusError} for
 * any status but 2xx, the signal's reason when it aborts
 */
export async function ask(server: RemoteServer, request: HttpRequest): Promise<Answer> {
  const { timeoutMs = server.timeoutMs, signal } = request
  signal.throwIfAborted()
  const tooLate = (): Error => noAnswer(server, `it said nothing for ${Math.round(timeoutMs / 100) / 10} s`)
  const deadline = new Deadline(signal, timeoutMs, tooLate)
  try {
    const response = await fetch(urlOf(server, request.path), {
      method: request.method,
      redirect: 'manual',
      signal: deadline.signal,
      ...contentOf(request, server),
    })
    const answer = new Answer(server, response, deadline)
    if (!response.ok) throw await refusal(server, response, answer)
    return answer
  } catch (error) {
    deadline.dispose()
    throw failure(server, error, deadline.signal)
  }
}

/**
 * Sends a request and reads its JSON answer.
 * @throws as {@link ask}, and UnavailableError when the answer is not what the schema says
 */
export async function askJson<T extends z.ZodType>(
  server: RemoteServer,
  request: HttpRequest,
  schema: T,
  mostBytes = MOST_JSON_BYTES,
): Promise<z.output<T>> {
  const answer = await ask(server, request)
  const bytes = await answer.bytes(mostBytes)
  const route = `${request.method} ${request.path}`
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw badAnswer(server, `its answer to ${route} is no JSON`, error)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw badAnswer(server, `in its answer to ${route}, ${quoted(path.join('.')) || 'the whole'}: ${message}`)
}

/** An answer on its way. Its pieces must keep coming: each is waited for as long as its beginning was. */
export class Answer {
  readonly #server: RemoteServer
  readonly #response: Response
  readonly #deadline: Deadline

  constructor(server: RemoteServer, response: Response, deadline: Deadline) {
    this.#server = server
    this.#response = response
    this.#deadline = deadline
  }

  header(name: string): string | undefined {
    return this.#response.headers.get(name) ?? undefined
  }

  /** The body as it comes. Leaving early closes the connection. */
  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = (this.#response.body as ReadableStream<Uint8Array> | null)?.getReader()
    try {
      for (;;) {
        this.#deadline.restart()
        const piece = await reader?.read()
        // While the reader of the pieces is busy the server need not speak.
        this.#deadline.pause()
        if (piece === undefined || piece.done) return
        yield piece.value
      }
    } catch (error) {
      throw failure(this.#server, error, this.#deadline.signal)
    } finally {
      this.#deadline.dispose()
      await reader?.cancel().catch(ignore)
    }
  }

  /** The whole body. @throws UnavailableError when it is larger than `most` bytes */
  async bytes(most: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    let length = 0
    for await (const piece of this.pieces()) {
      length += piece.length
      if (length > most) throw badAnswer(this.#server, `its answer is larger than ${most} bytes`)
      pieces.push(piece)
    }
    return Buffer.concat(pieces, length)
  }

  /** Reads no more, and closes the connection. */
  async close(): Promise<void> {
    this.#deadline.dispose()
    if (this.#response.body?.locked === false) await this.#response.body.cancel().catch(ignore)
  }
}

function urlOf({ address }: RemoteServer, path: string): URL {
  const url = new URL(address.url)
  url.pathname = url.pathname.replace(/\/$/, '') + path
  return url
}

function contentOf({ body }: HttpRequest, { address }: RemoteServer): RequestInit {
  if (body === undefined) return { headers: { ...address.headers } }
  if (body instanceof FormData) return { headers: { ...address.headers }, body }
  return {
    headers: { ...address.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body.json),
  }
}

async function refusal(server: RemoteServer, response: Response, answer: Answer): Promise<PhizError> {
  const { status } = response
  const location = response.headers.get('location')
  if (status >= 300 && status < 400) {
    await answer.close()
    const told = location === null ? '' : ` to ${quoted(location)}; name that address instead`
    return new HttpStatusError(server, status, `a redirect${told}.`, false)
  }
  const text = await answer.bytes(MOST_ERROR_BYTES).then(
    (bytes) => wordsOf(new TextDecoder().decode(bytes)),
    () => '',
  )
  return new HttpStatusError(server, status, quoted(text), status === 429 || status >= 500)
}

/** What FastAPI's `detail`, or another service's `error` (OpenAI's has a `message`) or `message`, says; a body that is no JSON stays unsaid. */
function wordsOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return ''
    const { detail, error, message } = value as Record<string, unknown>
    const inner = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
    for (const told of [detail, inner, message]) if (typeof told === 'string') return told
    return detail === undefined ? '' : JSON.stringify(detail)
  } catch {
    return ''
  }
}

function failure(server: RemoteServer, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (PhizError.isInstance(error)) return error
  return noAnswer(server, reasonOf(error), error)
}

function ignore(): void {
  // The connection is over either way.
}
