import type { Socket } from '../../socket.js'

/** A text message counts as this many bytes a UTF-16 unit: its longest form in UTF-8. */
const BYTES_PER_UNIT = 3

/**
 * What is on its way to one client. Messages leave in the order in which they were given. It counts what the client
 * has not taken, so that no more is made for one who does not read.
 */
export class Outbox {
  readonly #socket: Socket
  readonly #onTaken: () => void
  #bytes = 0

  /** @param onTaken told when a message has been taken, or never will be */
  constructor(socket: Socket, onTaken: () => void) {
    this.#socket = socket
    this.#onTaken = onTaken
  }

  /** Bytes that the client has not taken. */
  get bytes(): number {
    return this.#bytes
  }

  /** Resolves when the client's system has taken the message; rejects when the client has gone. */
  async send(message: string | Uint8Array): Promise<void> {
    const size = typeof message === 'string' ? message.length * BYTES_PER_UNIT : message.byteLength
    this.#bytes += size
    try {
      await (typeof message === 'string' ? this.#socket.sendText(message) : this.#socket.sendBytes(message))
    } finally {
      this.#bytes -= size
      this.#onTaken()
    }
  }

  /** Sends without waiting. That the client has gone is the session's to notice. */
  post(message: string | Uint8Array): void {
    this.send(message).catch(ignore)
  }
}

function ignore(): void {
  // The session ends with its socket.
}
