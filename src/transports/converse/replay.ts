/** A message for the client: an event as text, or a packet. */
export type WireData = string | Uint8Array

/** A message on its way. */
export interface Outgoing {
  readonly data: WireData
  /** Told when the client's system has taken it, or the client has said so; perhaps more than once. */
  readonly taken?: (() => void) | undefined
}

interface Sent extends Outgoing {
  readonly number: number
}

/** What is kept of the messages that were sent: as much as a client can be behind, and the few words between. */
const MOST_PACKET_BYTES = 4 * 1024 * 1024
const MOST_EVENT_BYTES = 1024 * 1024

/**
 * The messages to one client, counted from 0 as they are sent, so that one who comes back is sent what it missed. Those
 * that wait are always kept; of the sent ones as many as the limits let, the oldest go first.
 */
export class Replay {
  #waiting: Outgoing[] = []
  #sent = 0
  readonly #packets: Kept
  readonly #events = new Kept(MOST_EVENT_BYTES)

  /** @param mostBytes of sent packets that are kept */
  constructor(mostBytes = MOST_PACKET_BYTES) {
    this.#packets = new Kept(mostBytes)
  }

  /** How many messages have been sent. */
  get sent(): number {
    return this.#sent
  }

  /** Adds a message, whose bytes must stay as they are. */
  push(message: Outgoing): void {
    this.#waiting.push(message)
  }

  /** The message to be sent now, which then counts as sent; undefined when there is none. */
  next(): Outgoing | undefined {
    const message = this.#waiting.shift()
    if (message === undefined) return undefined
    const kept = typeof message.data === 'string' ? this.#events : this.#packets
    kept.push({ ...message, number: this.#sent })
    this.#sent += 1
    return message
  }

  /**
   * Goes back to the first message that the client has not received: it and all after it will be sent again. Where some
   * of them are no longer kept, the others follow as if nothing had been between.
   * @param received messages that the client has received
   * @returns whether messages are lost
   */
  rewind(received: number): boolean {
    const kept = [...this.#events.takeAll(), ...this.#packets.takeAll()]
    for (const { number, taken } of kept) if (number < received) taken?.()
    const missed = kept
      .filter(({ number }) => number >= received)
      .sort((one, other) => one.number - other.number)
    const isLost = missed.length < this.#sent - received
    this.#waiting = [...missed, ...this.#waiting]
    this.#sent = received
    return isLost
  }
}

/** The latest messages of one sort, up to a number of bytes. */
class Kept {
  readonly #limit: number
  #all: Sent[] = []
  #head = 0
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  push(message: Sent): void {
    this.#all.push(message)
    this.#bytes += message.data.length
    for (; this.#bytes > this.#limit && this.#head < this.#all.length; this.#head += 1) {
      this.#bytes -= this.#all[this.#head]!.data.length
    }
    // Given back in one piece, so that each message costs the same whatever is kept.
    if (this.#head * 2 < this.#all.length) return
    this.#all = this.#all.slice(this.#head)
    this.#head = 0
  }

  takeAll(): readonly Sent[] {
    const all = this.#all.slice(this.#head)
    this.#all = []
    this.#head = 0
    this.#bytes = 0
    return all
  }
}
