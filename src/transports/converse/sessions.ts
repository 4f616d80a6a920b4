import type { SettingChange } from '../../client/protocol.js'
import { PhizError, UnavailableError } from '../../errors.js'
import type { TapServices } from '../taps/tap.js'
import type { Seats } from './seats.js'
import { Session, type SessionOptions } from './session.js'

/** The conversations of a server, each with a seat of its own, whatever door they came by. */
export class Sessions {
  readonly #services: TapServices
  readonly #options: SessionOptions
  readonly #seats: Seats
  readonly #all = new Map<string, Session>()
  /** Sessions that begin, or have not really ended. */
  readonly #work = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(services: TapServices, options: SessionOptions, seats: Seats) {
    this.#services = services
    this.#options = options
    this.#seats = seats
  }

  /**
   * Begins a session, which waits for its client.
   * @throws OverloadError when all seats are taken; PhizError when an engine or an avatar is missing
   */
  async open(change?: SettingChange): Promise<Session> {
    if (this.isStopping()) throw new UnavailableError('The server is stopping.', { retryable: true })
    const release = this.#seats.take()
    try {
      const session = await this.#track(Session.open(this.#services, this.#options, change))
      this.#all.set(session.id, session)
      void this.#track(
        session.ended.then(() => {
          this.#all.delete(session.id)
          release()
        }),
      )
      // A stop that came meanwhile has not seen it.
      if (this.isStopping()) void session.end()
      return session
    } catch (error) {
      release()
      throw error
    }
  }

  /** Whether no session begins any more; it can become so within a call. */
  isStopping(): boolean {
    return this.#isClosed
  }

  /** @throws PhizError `not-found` when there is none, or none any more */
  get(id: string): Session {
    const session = this.#all.get(id)
    if (session === undefined) throw unknown(id)
    return session
  }

  /**
   * The session, for its owner alone.
   * @throws PhizError `not-found` when there is none, or it has another token
   */
  claim(id: string, token: string): Session {
    const session = this.#all.get(id)
    if (session?.isOwnedBy(token) !== true) throw unknown(id)
    return session
  }

  /** Ends all sessions, and resolves when their work has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const session of this.#all.values()) void session.end('The server is stopping.')
    while (this.#work.size > 0) await Promise.allSettled(this.#work)
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const settled = work.catch(() => undefined).finally(() => this.#work.delete(settled))
    this.#work.add(settled)
    return work
  }
}

/** Most characters of a client's own words that an error repeats. */
const QUOTED_CHARACTERS = 80

function unknown(id: string): PhizError {
  const quoted = id.length > QUOTED_CHARACTERS ? `${id.slice(0, QUOTED_CHARACTERS)}…` : id
  return new PhizError(
    'not-found',
    `There is no session "${quoted}" for you: it is over, or the token is another.`,
  )
}
