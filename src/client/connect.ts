import { ConverseError } from './errors.js'
import { decodeEvent, ProtocolError, PROTOCOL_VERSION, type SessionStart } from './protocol.js'
import type { SocketClass, SocketLike } from './socket-like.js'

/** Who is told what comes over a connection after its session has started. */
export interface Receiver {
  started(socket: SocketLike, session: SessionStart): void
  message(socket: SocketLike, data: unknown): void
  closed(socket: SocketLike, code: number, reason: string): void
}

/**
 * Opens a connection, and resolves when its session has started.
 * @throws ConverseError with the server's code when it refuses, `closed` when it cannot be reached; ProtocolError when
 * the server speaks something else; what the signal aborts with
 */
export function connect(
  Socket: SocketClass,
  url: string,
  receiver: Receiver,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted()
  const socket = new Socket(url)
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    let state: 'opening' | 'open' | 'failed' = 'opening'
    const settle = (to: 'open' | 'failed'): void => {
      state = to
      signal?.removeEventListener('abort', onAbort)
    }
    const giveUp = (error: unknown): void => {
      if (state !== 'opening') return
      settle('failed')
      reject(error instanceof Error ? error : new ConverseError('closed', String(error)))
      socket.close()
    }
    const onAbort = (): void => {
      giveUp(signal?.reason)
    }
    signal?.addEventListener('abort', onAbort, { once: true })

    const greet = (data: unknown): void => {
      const event = typeof data === 'string' ? decodeEvent(data) : undefined
      if (event?.type === 'error') throw new ConverseError(event.code, event.message)
      if (event?.type !== 'session-start') return
      if (event.version !== PROTOCOL_VERSION) {
        throw new ProtocolError(`version is ${event.version}; this client speaks ${PROTOCOL_VERSION}.`)
      }
      settle('open')
      receiver.started(socket, event)
      resolve()
    }
    socket.addEventListener('message', ({ data }) => {
      if (state === 'open') {
        receiver.message(socket, data)
        return
      }
      try {
        if (state === 'opening') greet(data)
      } catch (error) {
        giveUp(error)
      }
    })
    socket.addEventListener('close', ({ code, reason }) => {
      if (state === 'open') receiver.closed(socket, code, reason)
      else giveUp(new ConverseError('closed', `The connection was closed with ${code}. ${reason}`.trim()))
    })
    // A close follows, which says as much as there is to know.
    socket.addEventListener('error', () => undefined)
  })
}
