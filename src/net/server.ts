import { messageOf, UnavailableError, type PhizErrorOptions } from '../errors.js'

/** Where another server is, without what must not be shown. */
export interface RemoteAddress {
  /** Free of credentials, which are in `headers`. */
  readonly url: URL
  /** For messages: scheme, host and path. */
  readonly shown: string
  /** What each request carries. */
  readonly headers: Readonly<Record<string, string>>
}

/** Another server that does a part of the work. */
export interface RemoteServer {
  /** What it does, as messages name it: "speech". */
  readonly does: string
  readonly address: RemoteAddress
  /** Longest wait for a connection, and for each next sign of an answer, in milliseconds. */
  readonly timeoutMs: number
}

/**
 * Reads a URL. A password without a user is an API key and goes out as a bearer token; a user, or both, as basic
 * authentication (RFC 7617).
 */
export function remoteAddress(text: string): RemoteAddress {
  const url = new URL(text)
  const user = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  url.username = ''
  url.password = ''
  url.hash = ''
  return { url, shown: shownUrl(url), headers: authorization(user, password) }
}

function authorization(user: string, password: string): Readonly<Record<string, string>> {
  if (user !== '') return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  return password === '' ? {} : { authorization: `Bearer ${password}` }
}

/** A query may hold a key: it is not shown. */
function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}`
}

/** "The speech server at ws://127.0.0.1:8770". */
export function nameOf({ does, address }: RemoteServer): string {
  return `The ${does} server at ${address.shown}`
}

/** The error when a server cannot be reached, falls silent or breaks off. Later it may be back. */
export function noAnswer(server: RemoteServer, why: string, cause?: unknown): UnavailableError {
  return new UnavailableError(`${nameOf(server)} does not answer: ${why}.`, {
    retryable: true,
    ...because(cause),
  })
}

/** The error when a server says what its protocol does not know. */
export function badAnswer(server: RemoteServer, what: string, cause?: unknown): UnavailableError {
  return new UnavailableError(`${nameOf(server)} does not keep to its protocol: ${what}.`, because(cause))
}

/** The error when a server reports that it has failed. @param told its own words */
export function refusedBy(server: RemoteServer, told: string): UnavailableError {
  return new UnavailableError(`${nameOf(server)} could not do its work: ${quoted(told)}`, { retryable: true })
}

/** Most characters of a server's own words in a message. */
const MOST_QUOTED = 300

/** Foreign words for a message: on one line, short, without control characters. */
export function quoted(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
  return line.length > MOST_QUOTED ? `${line.slice(0, MOST_QUOTED)}…` : line
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of its host cannot be resolved now',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: 'its host does not respond',
  UND_ERR_CONNECT_TIMEOUT: 'its host does not respond',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
}

/** Why a connection failed: `fetch` and sockets hide the reason in a cause, or in one error for each address tried. */
export function reasonOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = inner(at)) {
    const code = (at as NodeJS.ErrnoException).code
    const reason = code === undefined ? undefined : REASONS[code]
    if (reason !== undefined) return reason
    if (inner(at) === undefined) return quoted(messageOf(at)).replace(/\.$/, '')
  }
  return 'the connection failed'
}

function inner(error: Error): unknown {
  const errors: unknown = 'errors' in error ? error.errors : undefined
  return Array.isArray(errors) && errors.length > 0 ? (errors[0] as unknown) : error.cause
}

function because(cause: unknown): PhizErrorOptions {
  return cause === undefined ? {} : { cause }
}
