import { encodeEvent, type ServerEvent } from '../../client/protocol.js'
import type { Socket } from '../socket.js'

/** The events for one client, in the order in which they happen. */
export class Outbox {
  readonly #socket: Socket
  #taken: Promise<void> = Promise.resolve()

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Resolves when the client's system has taken all events so far, or the client has gone. */
  get taken(): Promise<void> {
    return this.#taken
  }

  /** Sends an event. Resolves when it has been taken, or the client has gone, which its session notices by itself. */
  send(event: ServerEvent): Promise<void> {
    this.#taken = this.#socket.sendText(encodeEvent(event)).catch(ignore)
    return this.#taken
  }
}

function ignore(): void {
  // The session ends with its socket.
}
