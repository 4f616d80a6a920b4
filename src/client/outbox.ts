import { ConverseError } from './errors.js'
import { encodeMessage, type ClientMessage } from './protocol.js'

/** Messages that may wait for a connection: more of them are not a person's doing. */
const MOST_WAITING = 100

/** What a client wants to say while it is cut off: everything in order, and of what it has played the last. */
export class Outbox {
  #messages: string[] = []
  #playhead: string | undefined

  /** @throws ConverseError `overload` when too much waits */
  add(message: ClientMessage): void {
    if (message.type === 'playhead') {
      this.#playhead = encodeMessage(message)
      return
    }
    if (this.#messages.length >= MOST_WAITING) {
      throw new ConverseError('overload', `${MOST_WAITING} messages wait for the connection to come back.`)
    }
    this.#messages.push(encodeMessage(message))
  }

  /** Everything that waits, once. */
  take(): readonly string[] {
    const all = this.#playhead === undefined ? this.#messages : [this.#playhead, ...this.#messages]
    this.#messages = []
    this.#playhead = undefined
    return all
  }
}
