import { CancelledError } from '../../../errors.js'
import { badAnswer, refusedBy, type RemoteServer } from '../../../net/server.js'
import type { RemoteSocket } from '../../../net/socket.js'
import { Places } from '../../remote/places.js'
import type { Connections } from './connections.js'
import { requestMessage, type ClauseRequest } from './protocol.js'
import { Tasks, type Task } from './tasks.js'

/** Clauses under way at once: the next is made while one is heard. */
const MOST_ASKED = 2

/** The requests of one turn: clauses are asked for ahead, and their sound is taken in the same order. */
export class Conversation {
  readonly #server: RemoteServer
  readonly #connections: Connections
  readonly #places = new Places(MOST_ASKED)
  readonly #tasks = new Tasks()
  /** Asked for and not taken; undefined stands for a clause that needs no answer. */
  readonly #asked: (Task | undefined)[] = []
  #socket: Promise<RemoteSocket> | undefined
  #isBroken = false
  #isClosed = false

  constructor(server: RemoteServer, connections: Connections) {
    this.#server = server
    this.#connections = connections
  }

  /**
   * Asks for a clause, or notes that there is one without sound. Waits while as many as may be are under way.
   * @throws UnavailableError when the server cannot be reached, the signal's reason when it aborts
   */
  async ask(request: ClauseRequest | undefined, signal: AbortSignal): Promise<void> {
    await this.#places.take(signal)
    if (request === undefined) {
      this.#asked.push(undefined)
      return
    }
    if (this.#isClosed) throw new CancelledError()
    this.#socket ??= this.#connections.take(signal)
    const socket = await this.#socket
    signal.throwIfAborted()
    this.#asked.push(this.#tasks.add())
    socket.send(requestMessage(request))
  }

  /**
   * The WAV files of the oldest clause that was asked for, as they come.
   * @throws UnavailableError when the server fails, falls silent or says nonsense, the signal's reason when it aborts
   */
  async *take(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const task = this.#asked.shift()
    try {
      if (task !== undefined) yield* this.#soundOf(task, signal)
    } catch (error) {
      this.#isBroken = true
      throw error
    }
    this.#places.give()
  }

  /** Gives the connection back, or ends it and with it the work that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    const socket = await this.#socket?.catch(() => undefined)
    this.#socket = undefined
    if (socket !== undefined) this.#connections.give(socket, !this.#isBroken && this.#tasks.open === 0)
  }

  async *#soundOf(task: Task, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const socket = await this.#socket!
    for (;;) {
      for (let wav = task.sound.shift(); wav !== undefined; wav = task.sound.shift()) yield wav
      if (task.problem !== undefined) throw refusedBy(this.#server, task.problem)
      if (task.hasEnded) return
      const message = await socket.receive(signal)
      const problem =
        message.kind === 'text' ? this.#tasks.text(message.text) : this.#tasks.sound(message.bytes)
      if (problem !== undefined) throw badAnswer(this.#server, problem)
    }
  }
}
