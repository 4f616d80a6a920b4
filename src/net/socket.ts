import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Deadline } from './deadline.js'
import { badAnswer, noAnswer, quoted, reasonOf, type RemoteServer } from './server.js'
import { WebSocket, type RawData } from './ws.js'

export type RemoteMessage =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

export interface ConnectOptions {
  readonly signal: AbortSignal
  /** A longer message ends the connection. */
  readonly maxMessageBytes: number
}

/** Bytes that may wait to be taken before nothing more is read from the network. */
const MOST_WAITING_BYTES = 8 * 2 ** 20
/** Longest wait for a connection, in milliseconds, where a server's own time is longer. */
const LONGEST_CONNECT_MS = 10_000
/** How long a server may take to answer a goodbye, in milliseconds; after that the connection is cut. */
const GOODBYE_MS = 1_000

/**
 * Opens a WebSocket to another server. Redirects are not followed.
 * @throws UnavailableError when it cannot be reached in time, the signal's reason when it aborts
 */
export async function connectSocket(server: RemoteServer, options: ConnectOptions): Promise<RemoteSocket> {
  const { address, timeoutMs } = server
  const { signal, maxMessageBytes } = options
  signal.throwIfAborted()
  const webSocket = new WebSocket(address.url, {
    headers: address.headers,
    handshakeTimeout: Math.min(timeoutMs, LONGEST_CONNECT_MS),
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    // Not in the types of the package yet.
    ...{ closeTimeout: GOODBYE_MS },
  })
  const socket = new RemoteSocket(server, webSocket)
  const onAbort = (): void => {
    socket.cut()
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await socket.opened
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  return socket
}

/** One connection to a server, read by one reader. It is over when the server is gone or somebody has closed it. */
export class RemoteSocket {
  /** Resolves when it can be used. */
  readonly opened: Promise<void>
  /** Resolves when it is over on the network, too. */
  readonly closed: Promise<void>
  readonly #server: RemoteServer
  readonly #socket: WebSocket
  readonly #waiting: RemoteMessage[] = []
  #waitingBytes = 0
  #wake: () => void = ignore
  /** Why nothing more comes. */
  #failure: Error | undefined
  #stream: Duplex | undefined

  constructor(server: RemoteServer, socket: WebSocket) {
    this.#server = server
    this.#socket = socket
    socket.on('upgrade', (response: IncomingMessage) => {
      this.#stream = response.socket
    })
    socket.on('message', (data, isBinary) => {
      this.#take(data, isBinary)
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        const told = quoted(reason.toString('utf8'))
        this.#end(noAnswer(server, `the connection was closed (${code}${told === '' ? '' : `, ${told}`})`))
        resolve()
      })
    })
    this.opened = new Promise((resolve, reject) => {
      socket.on('open', resolve)
      // Broken frames, too long messages, resets: `ws` closes the connection by itself.
      socket.on('error', (error: NodeJS.ErrnoException) => {
        const isForeign = error.code?.startsWith('WS_ERR') === true
        const failure = isForeign
          ? badAnswer(server, reasonOf(error), error)
          : noAnswer(server, reasonOf(error), error)
        this.#end(failure)
        reject(failure)
      })
    })
  }

  /** Whether it can still be used. */
  get isOpen(): boolean {
    return this.#failure === undefined && this.#socket.readyState === WebSocket.OPEN
  }

  /** Whether messages wait that nobody has taken. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /**
   * The next message; those that came before the connection's end included.
   * @throws UnavailableError when nothing comes in time or the connection is over, the signal's reason when it aborts
   */
  async receive(signal: AbortSignal): Promise<RemoteMessage> {
    const { timeoutMs } = this.#server
    const deadline = new Deadline(signal, timeoutMs, () =>
      noAnswer(this.#server, `it said nothing for ${Math.round(timeoutMs / 100) / 10} s`),
    )
    try {
      for (;;) {
        deadline.signal.throwIfAborted()
        const message = this.#waiting.shift()
        if (message !== undefined) {
          this.#taken(message)
          return message
        }
        if (this.#failure !== undefined) throw this.#failure
        await new Promise<void>((resolve) => {
          this.#wake = resolve
          deadline.signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    } finally {
      this.#wake = ignore
      deadline.dispose()
    }
  }

  /** Sends a text; that it has not arrived is told by {@link receive}. */
  send(text: string): void {
    this.#socket.send(text, ignore)
  }

  /** Whether this connection keeps the process from ending. */
  keepAlive(isNeeded: boolean): void {
    const stream = this.#stream as (Duplex & { ref?: () => void; unref?: () => void }) | undefined
    if (isNeeded) stream?.ref?.()
    else stream?.unref?.()
  }

  /** Says goodbye and resolves when the connection is over. */
  async close(): Promise<void> {
    this.#socket.close(1000)
    this.#readOn()
    await this.closed
  }

  /** Ends the connection at once: the server gives up what it does for it. */
  cut(): void {
    this.#socket.terminate()
    this.#readOn()
  }

  /** A paused connection would not see its own end. One that is not made yet has nothing to read on with. */
  #readOn(): void {
    if (this.#socket.isPaused) this.#socket.resume()
  }

  #take(data: RawData, isBinary: boolean): void {
    // With the default `binaryType` a message is always one Buffer.
    const bytes = data as Buffer
    this.#waiting.push(isBinary ? { kind: 'bytes', bytes } : { kind: 'text', text: bytes.toString('utf8') })
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.#socket.pause()
    this.#wake()
  }

  #taken(message: RemoteMessage): void {
    this.#waitingBytes -= message.kind === 'bytes' ? message.bytes.length : Buffer.byteLength(message.text)
    if (this.#waitingBytes <= MOST_WAITING_BYTES && this.#socket.isPaused) this.#socket.resume()
  }

  #end(failure: Error): void {
    this.#failure ??= failure
    this.#wake()
  }
}

function ignore(): void {
  // Told elsewhere.
}
