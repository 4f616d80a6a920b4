import { encodeEvent, type ServerEvent, type SessionStart } from '../../client/protocol.js'
import { Bell } from '../bell.js'
import type { Socket } from '../socket.js'
import { Replay, type WireData } from './replay.js'

/**
 * A session's side of the wire, which outlives its connections: what it sends arrives once and in order, over whatever
 * connection there is.
 *
 * - Events are taken at all times. Packets wait while nobody is connected, so that the turn is held by its flow window.
 * - One message is on its way at a time, the next follows when the client's system has taken it.
 * - `session-start` and what {@link sendPassing} sends are not counted, and never sent again.
 */
export class Link {
  readonly #replay: Replay
  /** Rung when a client comes. */
  readonly #attached = new Bell()
  /** Rung when everything has been taken. */
  readonly #drained = new Bell()
  /** Ends the wait for each event that has not been taken. */
  readonly #telling = new Set<() => void>()
  #told: Promise<void> = Promise.resolve()
  #socket: Socket | undefined
  /** The connection that is being written to. */
  #writing: Socket | undefined

  /** @param replayBytes packets that are kept for a client who comes back, in bytes */
  constructor(replayBytes?: number) {
    this.#replay = new Replay(replayBytes)
  }

  /** The connection; undefined while there is none. */
  get socket(): Socket | undefined {
    return this.#socket
  }

  /** How many messages have been sent. */
  get sent(): number {
    return this.#replay.sent
  }

  /** Resolves when the client's system has taken the events so far, or nobody is connected. */
  get told(): Promise<void> {
    return this.#told
  }

  /**
   * Goes on over this connection with what its client has not received; one that was there before is left alone.
   * @returns whether some of that is no longer kept
   */
  attach(socket: Socket, start: SessionStart, received: number): boolean {
    const isLost = this.#replay.rewind(received)
    this.#socket = socket
    // It is sent first because the others wait for the end of this call.
    void socket.sendText(encodeEvent(start)).catch(ignore)
    this.#attached.ring()
    void this.#write()
    return isLost
  }

  /** The connection is gone. */
  detach(): void {
    this.#socket = undefined
    for (const end of this.#telling) end()
    this.#telling.clear()
  }

  /** Tells an event. Resolves when the client's system has taken it, or nobody is connected. */
  sendEvent(event: ServerEvent): Promise<void> {
    const data = encodeEvent(event)
    if (this.#socket === undefined) {
      this.#push(data)
      return Promise.resolve()
    }
    this.#told = new Promise((resolve) => {
      const taken = (): void => {
        this.#telling.delete(taken)
        resolve()
      }
      this.#telling.add(taken)
      this.#push(data, taken)
    })
    return this.#told
  }

  /**
   * Sends a packet, whose bytes belong to the link from now on. Resolves when the client's system has taken it, over
   * this connection or a later one.
   * @throws what the signal aborts with; the packet may still arrive if it was on its way
   */
  async sendPacket(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    while (this.#socket === undefined) await this.#attached.next(signal)
    signal.throwIfAborted()
    let onAbort = ignore
    try {
      await new Promise<void>((resolve, reject) => {
        onAbort = () => {
          reject(signal.reason)
        }
        signal.addEventListener('abort', onAbort, { once: true })
        this.#push(bytes, resolve)
      })
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /**
   * Sends a packet that is of use at this moment only, when everything else has been taken; it is never sent again.
   * @param make its bytes, asked for at that moment; undefined when it is of no use any more
   * @returns whether the client's system has taken it
   */
  async sendPassing(make: () => Uint8Array | undefined): Promise<boolean> {
    while (this.#socket === undefined || this.#writing !== undefined) await this.#drained.next()
    const bytes = make()
    if (bytes === undefined) return false
    return this.#socket.sendBytes(bytes).then(
      () => true,
      () => false,
    )
  }

  #push(data: WireData, taken?: () => void): void {
    this.#replay.push({ data, taken })
    void this.#write()
  }

  /** Sends what waits, for as long as this is the connection. */
  async #write(): Promise<void> {
    const socket = this.#socket
    if (socket === undefined || this.#writing === socket) return
    this.#writing = socket
    try {
      for (;;) {
        const message = this.#replay.next()
        if (message === undefined) break
        const { data, taken } = message
        await (typeof data === 'string' ? socket.sendText(data) : socket.sendBytes(data))
        if (this.#socket !== socket) return
        taken?.()
      }
      this.#writing = undefined
      this.#drained.ring()
    } catch {
      // The connection is gone: its session notices, and what was not received is sent over the next one.
    }
  }
}

function ignore(): void {
  // The connection is gone, which its session notices.
}
