import { ConverseError } from './errors.js'
import { encodeMessage, type ClientMessage } from './protocol.js'

/** Messages that may wait for a connection: more of them are not a person's doing. */
const MOST_WAITING = 100

/** What a client wants to say while it is cut off: everything in order, and of what it has played the last. */
export class Outbox {
  #messages: (string | Uint8Array<ArrayBuffer>)[] = []
  #playhead: string | undefined

  /**
   * Keeps a message, or a packet as bytes.
   * @throws ConverseError `overload` when too much waits
   */
  add(message: ClientMessage | Uint8Array<ArrayBuffer>): void {
    if (message instanceof Uint8Array) this.#keep(message)
    else if (message.type === 'playhead') this.#playhead = encodeMessage(message)
    else this.#keep(encodeMessage(message))
  }

  /** Everything that waits, once. */
  take(): readonly (string | Uint8Array<ArrayBuffer>)[] {
    const all = this.#playhead === undefined ? this.#messages : [this.#playhead, ...this.#messages]
    this.#messages = []
    this.#playhead = undefined
    return all
  }

  #keep(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#messages.length >= MOST_WAITING) {
      throw new ConverseError('overload', `${MOST_WAITING} messages wait for the connection to come back.`)
    }
    this.#messages.push(message)
  }
}
