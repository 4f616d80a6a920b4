import { OverloadError, PhizError } from '../../../errors.js'
import type { Clock, Microseconds } from '../../../pipeline/time.js'
import { SESSION_NOT_FOUND } from './protocol.js'
import type { Session } from './session.js'

export interface SessionsOptions {
  readonly clock: Clock
  /** Sessions that may be open at once. */
  readonly most: number
  /** A session of which nothing was asked for this long is ended. */
  readonly idleAfter: Microseconds
}

/** The open sessions by id: bounded in number, ended when they are forgotten. */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #open = new Map<string, Session>()
  /** Ends under way, so that closing the tap can wait for them. */
  readonly #ending = new Set<Promise<void>>()

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  /** How many are open now. */
  get count(): number {
    this.sweep()
    return this.#open.size
  }

  /** @throws OverloadError when there are as many as there may be */
  add(session: Session): void {
    if (this.count >= this.#options.most) {
      throw new OverloadError(
        `${this.#options.most} streaming sessions are open, as many as there may be; close one, or try again later.`,
      )
    }
    this.#open.set(session.id, session)
  }

  /** @throws PhizError `not-found` when there is none of this id, or none any more */
  get(id: string): Session {
    this.sweep()
    const session = this.#open.get(id)
    if (session === undefined) throw new PhizError('not-found', SESSION_NOT_FOUND)
    return session
  }

  /** Ends a session and resolves when its work has ended; it is not to be found from the call on. */
  async close(id: string): Promise<void> {
    const session = this.get(id)
    this.#open.delete(id)
    await this.#track(session.close())
  }

  /** Ends the sessions that were idle for too long, or have failed. Their work ends in the background. */
  sweep(): void {
    for (const session of this.#open.values()) {
      if (session.idle < this.#options.idleAfter && !session.failed) continue
      this.#open.delete(session.id)
      void this.#track(session.cancel())
    }
  }

  /** Ends all of them at once; resolves when all work has ended. */
  async cancelAll(): Promise<void> {
    for (const session of this.#open.values()) void this.#track(session.cancel())
    this.#open.clear()
    await Promise.all(this.#ending)
  }

  #track(end: Promise<void>): Promise<void> {
    const settled = end.finally(() => this.#ending.delete(settled))
    this.#ending.add(settled)
    return settled
  }
}
