/** What is used for some time. */
export interface Lease<Thing> {
  readonly thing: Thing
  release(): Promise<void>
}

interface Kept<Thing> {
  readonly opening: Promise<Thing>
  users: number
}

/**
 * Things that are opened when they are first asked for, shared by their users, and kept open for the next one; of those
 * that nobody uses, the ones that were left longest ago are closed.
 */
export class OpenCache<Thing extends { close(): Promise<void> }> {
  readonly #mostIdle: number
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept<Thing>>()

  /** @param mostIdle Things that stay open without being used. */
  constructor(mostIdle: number) {
    this.#mostIdle = mostIdle
  }

  /**
   * A failure to open is forgotten, so that the next call tries again.
   *
   * @param key The same for the same thing.
   */
  async use(key: string, open: () => Promise<Thing>): Promise<Lease<Thing>> {
    const kept = this.#kept.get(key) ?? { opening: open(), users: 0 }
    this.#touch(key, kept)
    kept.users += 1
    try {
      const thing = await kept.opening
      let released: Promise<void> | undefined
      return { thing, release: () => (released ??= this.#release(key, kept)) }
    } catch (error) {
      if (this.#kept.get(key) === kept) this.#kept.delete(key)
      throw error
    }
  }

  /** Closes all. */
  async close(): Promise<void> {
    const all = [...this.#kept.values()]
    this.#kept.clear()
    await Promise.allSettled(all.map(async ({ opening }) => (await opening).close()))
  }

  async #release(key: string, kept: Kept<Thing>): Promise<void> {
    kept.users -= 1
    if (this.#kept.get(key) === kept) this.#touch(key, kept)
    const idle = [...this.#kept].filter(([, { users }]) => users === 0)
    for (const [other, { opening }] of idle.slice(0, Math.max(0, idle.length - this.#mostIdle))) {
      this.#kept.delete(other)
      await (await opening).close()
    }
  }

  #touch(key: string, kept: Kept<Thing>): void {
    this.#kept.delete(key)
    this.#kept.set(key, kept)
  }
}
