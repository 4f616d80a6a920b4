/**
 * WebSockets that push back: what a connection promises and how it keeps it stand together, in a little over 300
 * lines.
 */
import { setMaxListeners } from 'node:events'
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CancelledError } from '../errors.js'
import { WebSocketServer, type RawData, type WebSocket } from '../net/ws.js'
import type { Access } from './access.js'

export type SocketMessage =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** One connection, as the code that serves it sees it. */
export interface Socket {
  /** Aborts when the peer is gone or the server closes. */
  readonly signal: AbortSignal
  /** The page that connects, as its browser tells; undefined for programs. */
  readonly origin: string | undefined
  /** What was asked for: path and query. */
  readonly target: string
  /**
   * The code with which the peer has left: 1006 where it broke off, 1002 where what it sent was no WebSocket message or
   * too long a one; undefined while it is there.
   */
  readonly leftWith: number | undefined
  /**
   * What the peer sends, in order, for one reader. Nothing is read from the network while nobody takes, so that the
   * leaving of a peer is noticed while one waits for its next message, or by the next ping. Ends with the connection.
   */
  messages(): AsyncIterable<SocketMessage>
  /** Resolves when the system has taken the message: a peer that does not read makes it wait. Rejects on abort. */
  sendText(text: string): Promise<void>
  /** As {@link sendText}. The bytes must stay as they are until it has resolved. */
  sendBytes(bytes: Uint8Array): Promise<void>
  /** Says goodbye after all that was sent before, and ends {@link messages}. */
  close(code?: number, reason?: string): void
}

export interface SocketRoute {
  /** A longer message closes its connection with 1009. */
  readonly maxMessageBytes: number
  /** Serves one connection, which is closed when it resolves. */
  handle(socket: Socket): Promise<void>
}

export interface SocketOptions {
  /** Seconds between two pings; a peer that showed no life in between is dropped. Default: 60. */
  readonly pingSeconds?: number
  /** Connections at once; more are refused with 503. Default: 100. */
  readonly maxConnections?: number
  /** Who may connect; others get 401 or 403. Default: everybody. */
  readonly access?: Access
  /** Told what a route threw, other than that it was stopped; the peer sees a close with 1011. */
  readonly onUnexpectedError?: (error: unknown) => void
}

/** What {@link attachSockets} gives. */
export interface AttachedSockets {
  /** Takes no new connections, closes the open ones with 1001, and resolves when their routes have ended. */
  close(): Promise<void>
}

const DEFAULT_PING_SECONDS = 60
const DEFAULT_MAX_CONNECTIONS = 100
/** How long a peer may take to answer a goodbye, in milliseconds; after that the connection is cut. */
const CLOSE_TIMEOUT_MS = 5_000
/** The same while the server stops. */
const SHUTDOWN_TIMEOUT_MS = 500
/** While more bytes than this wait for the peer, its pings stay unanswered: answers must not pile up either. */
const MAX_BYTES_BEFORE_PONG = 65_536
/** RFC 6455, section 7.4.1. */
const PROTOCOL_ERROR = 1002
/** Sends of one connection that may wait at once, before Node takes their abort listeners for a leak. */
const EXPECTED_LISTENERS = 256

/**
 * Serves WebSockets at the given paths of an HTTP server. Paths are compared as they are, without their query.
 * Compression is off: pictures and sound are compressed already.
 */
export function attachSockets(
  server: Server,
  routes: Readonly<Record<string, SocketRoute>>,
  options: SocketOptions = {},
): AttachedSockets {
  const maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS
  const connections = new Set<Connection>()
  const handling = new Set<Promise<void>>()
  const doors = new Map(
    Object.entries(routes).map(([path, route]) => {
      const door = new WebSocketServer({
        noServer: true,
        clientTracking: false,
        perMessageDeflate: false,
        autoPong: false,
        maxPayload: route.maxMessageBytes,
        // Not in the types of the package yet.
        ...{ closeTimeout: CLOSE_TIMEOUT_MS },
      })
      return [path, { door, route }] as const
    }),
  )

  const onUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    // Without a listener, a reset during the handshake would end the process.
    stream.on('error', ignore)
    const target = doors.get(pathOf(request))
    if (target === undefined) {
      refuse(stream, 404)
      return
    }
    const refusal = options.access?.refusal({
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      header: (name) => request.headers[name]?.toString(),
    })
    if (refusal !== undefined) {
      refuse(stream, refusal.status)
      return
    }
    if (connections.size >= maxConnections) {
      refuse(stream, 503)
      return
    }
    target.door.handleUpgrade(request, stream, head, (socket) => {
      const connection = new Connection(socket, request)
      connections.add(connection)
      const handled = serve(target.route, connection).finally(() => {
        connections.delete(connection)
        handling.delete(handled)
      })
      handling.add(handled)
    })
  }

  const serve = async (route: SocketRoute, connection: Connection): Promise<void> => {
    try {
      await route.handle(connection)
      connection.close(1000)
    } catch (error) {
      if (!(error instanceof CancelledError)) options.onUnexpectedError?.(error)
      connection.close(1011)
    }
    await connection.closed
  }

  const heartbeat = setInterval(
    () => {
      for (const connection of connections) connection.checkLife()
    },
    (options.pingSeconds ?? DEFAULT_PING_SECONDS) * 1000,
  )
  heartbeat.unref()
  server.on('upgrade', onUpgrade)

  return {
    close: async () => {
      clearInterval(heartbeat)
      server.off('upgrade', onUpgrade)
      for (const connection of connections) connection.shutDown()
      const cut = setTimeout(() => {
        for (const connection of connections) connection.cut()
      }, SHUTDOWN_TIMEOUT_MS)
      await Promise.all(handling)
      clearTimeout(cut)
    },
  }
}

class Connection implements Socket {
  readonly origin: string | undefined
  readonly target: string
  /** Resolves when the connection is over on the network, too. */
  readonly closed: Promise<void>
  readonly #socket: WebSocket
  readonly #gone = new AbortController()
  /** What has been read but not taken: at most what one piece of network data held. */
  readonly #waiting: SocketMessage[] = []
  #wake: (() => void) | undefined
  #ended = false
  /** Whether the peer has shown life since the last ping. */
  #alive = true
  #leftWith: number | undefined

  constructor(socket: WebSocket, { url, headers }: IncomingMessage) {
    this.#socket = socket
    this.origin = headers.origin
    this.target = url ?? '/'
    setMaxListeners(EXPECTED_LISTENERS, this.#gone.signal)
    socket.on('message', (data, isBinary) => {
      this.#receive(data, isBinary)
    })
    socket.on('ping', (data) => {
      this.#alive = true
      if (socket.bufferedAmount <= MAX_BYTES_BEFORE_PONG) socket.pong(data)
    })
    socket.on('pong', () => {
      this.#alive = true
    })
    // Broken frames, too long messages, resets: `ws` closes the connection with the right code by itself.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith('WS_ERR_') === true) this.#leftWith = PROTOCOL_ERROR
      this.#end('The connection broke.')
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        this.#leftWith ??= code
        this.#end('The peer has left.')
        resolve()
      })
    })
  }

  get signal(): AbortSignal {
    return this.#gone.signal
  }

  get leftWith(): number | undefined {
    return this.#leftWith
  }

  async *messages(): AsyncGenerator<SocketMessage, void, undefined> {
    for (;;) {
      const message = this.#waiting.shift()
      if (message !== undefined) {
        yield message
      } else if (this.#ended) {
        return
      } else {
        this.#socket.resume()
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  sendText(text: string): Promise<void> {
    return this.#send(text)
  }

  sendBytes(bytes: Uint8Array): Promise<void> {
    return this.#send(bytes)
  }

  close(code = 1000, reason = ''): void {
    this.#socket.close(code, reason)
    // A paused connection would not see the peer's answer.
    this.#socket.resume()
    this.#stopReading()
  }

  /** Closes for the server's sake: the work for this peer stops now. */
  shutDown(): void {
    this.close(1001, 'The server is stopping.')
    this.#end('The server is stopping.')
  }

  cut(): void {
    this.#socket.terminate()
  }

  /** Drops a peer without a sign of life since the last call, and asks the others for one. */
  checkLife(): void {
    // The answer of a peer that this side does not read from cannot have arrived.
    const unheard = this.#socket.isPaused && this.#socket.bufferedAmount === 0
    if (unheard) return
    if (!this.#alive) {
      this.cut()
      return
    }
    this.#alive = false
    this.#socket.ping()
  }

  async #send(data: string | Uint8Array): Promise<void> {
    const { signal } = this
    signal.throwIfAborted()
    let onAbort = ignore
    try {
      await new Promise<void>((resolve, reject) => {
        onAbort = () => {
          reject(signal.reason)
        }
        signal.addEventListener('abort', onAbort, { once: true })
        this.#socket.send(data, (error) => {
          if (error) reject(new CancelledError('The connection is closed.', { cause: error }))
          else resolve()
        })
      })
      this.#alive = true
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#alive = true
    if (this.#ended) return
    // With the default `binaryType` a message is always one Buffer.
    const bytes = data as Buffer
    this.#waiting.push(isBinary ? { kind: 'bytes', bytes } : { kind: 'text', text: bytes.toString('utf8') })
    this.#socket.pause()
    this.#wake?.()
    this.#wake = undefined
  }

  #stopReading(): void {
    this.#ended = true
    this.#waiting.length = 0
    this.#wake?.()
    this.#wake = undefined
  }

  #end(reason: string): void {
    if (!this.#gone.signal.aborted) this.#gone.abort(new CancelledError(reason))
    this.#stopReading()
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').replace(/\?.*$/s, '')
}

function refuse(stream: Duplex, status: 401 | 403 | 404 | 503): void {
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    () => {
      stream.destroy()
    },
  )
}

function ignore(): void {
  // Told elsewhere.
}
