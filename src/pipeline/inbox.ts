/** Returned by {@link Inbox.take} when the sender has ended and nothing is left. */
export const END = Symbol('end')

/**
 * A queue between a push stream and a pull loop: one sender, one receiver. It grows only as far as the turn's flow
 * window lets the source run; the limit is there to turn a line without a window into an error instead of a leak.
 */
export class Inbox<T> {
  #items: T[] = []
  #head = 0
  #ended = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined
  readonly #limit: number

  /** @param limit how many items may wait before `push` refuses, returning false */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  /** Adds an item; false when the limit is reached (the item is not taken). */
  push(item: T): boolean {
    if (this.size >= this.#limit) return false
    this.#items.push(item)
    this.#notify()
    return true
  }

  /** No more items will come. */
  end(): void {
    this.#ended = true
    this.#notify()
  }

  /** Makes `take` throw `error` as soon as it looks, whatever is still queued, and drops the queue. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#items = []
    this.#head = 0
    this.#notify()
  }

  /** The next item in order, or END. Throws what `fail` was given. Only one `take` may wait at a time. */
  async take(): Promise<T | typeof END> {
    while (this.size === 0 && !this.#ended && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.size === 0) return END
    const item = this.#items[this.#head] as T
    this.#head += 1
    this.#compact()
    return item
  }

  /** Gives the array's front back once half of it has been taken, so that `take` stays O(1). */
  #compact(): void {
    if (this.#head * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }

  #notify(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
