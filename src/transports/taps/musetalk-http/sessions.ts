import { OverloadError, PhizError } from '../../../errors.js'
import { unknownSession } from './protocol.js'
import type { Session } from './session.js'

export interface SessionsOptions {
  /** Sessions that may run at once. */
  readonly most: number
  /** Seconds for which an ended session is still known. */
  readonly rememberSeconds: number
}

/** Ended sessions that are remembered at most; the oldest is forgotten first. */
const MOST_REMEMBERED = 1000

/** The sessions by id: those that run are bounded in number, those that ended are forgotten after a while. */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #running = new Map<string, Session>()
  readonly #ended = new Map<string, { readonly session: Session; readonly forget: NodeJS.Timeout }>()
  /** Sessions that are being started, by the id that they are to have. */
  readonly #starting = new Map<string, Promise<unknown>>()

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /**
   * Adds a session that `start` begins under a new id, `<avatar>_<Unix seconds>`.
   * @throws OverloadError at once when as many run as may
   */
  async start(avatarId: string, start: (id: string) => Promise<Session>): Promise<Session> {
    const { most } = this.#options
    if (this.#running.size + this.#starting.size >= most) {
      throw new OverloadError(`${most} sessions run, as many as may; stop one, or try again later.`)
    }
    const id = this.#newId(avatarId)
    const starting = start(id)
    this.#starting.set(id, starting)
    try {
      const session = await starting
      this.#running.set(id, session)
      void session.ended.then(() => {
        this.#running.delete(id)
        this.#remember(session)
      })
      return session
    } finally {
      this.#starting.delete(id)
    }
  }

  /** @throws PhizError `not-found` when there is none of this id, or none any more */
  get(id: string): Session {
    const session = this.#running.get(id) ?? this.#ended.get(id)?.session
    if (session === undefined) throw new PhizError('not-found', unknownSession(id))
    return session
  }

  /** Whether a session of this avatar runs. */
  isSpeaking(avatarId: string): boolean {
    for (const session of this.#running.values()) if (session.avatarId === avatarId) return true
    return false
  }

  /** Stops all sessions and forgets them; resolves when their work has ended. Those that start must have been stopped. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#starting.values())
    await Promise.all([...this.#running.values()].map((session) => session.stop()))
    for (const id of [...this.#ended.keys()]) this.#forget(id)
  }

  #newId(avatarId: string): string {
    const wanted = `${avatarId}_${Math.floor(Date.now() / 1000)}`
    let id = wanted
    for (let count = 2; this.#isTaken(id); count++) id = `${wanted}_${count}`
    return id
  }

  #isTaken(id: string): boolean {
    return this.#starting.has(id) || this.#running.has(id) || this.#ended.has(id)
  }

  #remember(session: Session): void {
    const oldest = this.#ended.keys().next()
    if (this.#ended.size >= MOST_REMEMBERED && !oldest.done) this.#forget(oldest.value)
    const forget = setTimeout(() => {
      this.#forget(session.id)
    }, this.#options.rememberSeconds * 1000)
    forget.unref()
    this.#ended.set(session.id, { session, forget })
  }

  #forget(id: string): void {
    const ended = this.#ended.get(id)
    if (ended === undefined) return
    clearTimeout(ended.forget)
    this.#ended.delete(id)
    // Viewers who did not take what was left to them in all this time get no more of it.
    void ended.session.stop()
  }
}
