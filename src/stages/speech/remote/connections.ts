import { setTimeout as sleep } from 'node:timers/promises'
import { UnavailableError } from '../../../errors.js'
import type { RemoteServer } from '../../../net/server.js'
import { connectSocket, type RemoteSocket } from '../../../net/socket.js'

/** The longest clause as a WAV of 32-bit samples. */
const MOST_MESSAGE_BYTES = 32 * 2 ** 20
/** Waits before another attempt, in milliseconds: a server that starts anew is away for a moment. */
const RETRY_AFTER_MS = [100, 400]
/** An attempt that took longer than this, in milliseconds, is not made again. */
const QUICK_MS = 1_000

/**
 * The connections to one speech server. A turn has one to itself: closing it is the protocol's only way to stop work.
 * One that a turn has finished with is kept for the next.
 */
export class Connections {
  readonly #server: RemoteServer
  readonly #all = new Set<RemoteSocket>()
  #idle: RemoteSocket | undefined
  #isClosed = false

  constructor(server: RemoteServer) {
    this.#server = server
  }

  /** Connections that are open or opening, for inspection. */
  get open(): number {
    return this.#all.size
  }

  /** @throws UnavailableError when there is none to be had, the signal's reason when it aborts */
  async take(signal: AbortSignal): Promise<RemoteSocket> {
    const kept = this.#idle
    this.#idle = undefined
    if (kept?.isOpen === true) {
      kept.keepAlive(true)
      return kept
    }
    const socket = await this.#connect(signal)
    this.#all.add(socket)
    void socket.closed.then(() => this.#all.delete(socket))
    if (this.#isClosed) socket.cut()
    return socket
  }

  /** @param isFree whether nothing is under way on it: else it is ended, and its work with it */
  give(socket: RemoteSocket, isFree: boolean): void {
    if (!isFree || !socket.isOpen || socket.hasWaiting || this.#isClosed) socket.cut()
    else if (this.#idle !== undefined) void socket.close()
    else {
      this.#idle = socket
      socket.keepAlive(false)
    }
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    this.#isClosed = true
    const all = [...this.#all]
    for (const socket of all) socket.keepAlive(true)
    await Promise.all(all.map((socket) => socket.close()))
  }

  async #connect(signal: AbortSignal): Promise<RemoteSocket> {
    for (const wait of [...RETRY_AFTER_MS, undefined]) {
      const startedAt = performance.now()
      try {
        return await connectSocket(this.#server, { signal, maxMessageBytes: MOST_MESSAGE_BYTES })
      } catch (error) {
        const isQuick = performance.now() - startedAt < QUICK_MS
        if (wait === undefined || !isQuick || !(error instanceof UnavailableError)) throw error
        // Node ends the wait with an error of its own; the signal's says why.
        await sleep(wait, undefined, { signal }).catch(() => {
          signal.throwIfAborted()
        })
      }
    }
    throw new Error('The last attempt neither succeeded nor failed.')
  }
}
