import { Bell } from '../../bell.js'

/** Somebody who takes frames out of a {@link FrameRing}, at a pace of their own. */
export interface Viewer {
  /** The next frame there is for this viewer; undefined when there will be no more. One call at a time. */
  next(): Promise<Uint8Array | undefined>
  /** The viewer takes no more: a `next` that waits ends with undefined. */
  leave(): void
}

interface Place {
  /** How many frames have gone by for this viewer, taken or lost. */
  position: number
}

/**
 * The latest frames of a film, for any number of viewers. Each has its own place; one that falls further behind than
 * the ring is long loses its oldest frames and harms nobody else. A viewer who joins later begins with the newest
 * picture.
 */
export class FrameRing {
  readonly #slots: (Uint8Array | undefined)[]
  readonly #places = new Set<Place>()
  readonly #changed = new Bell()
  #count = 0
  #isEnded = false

  /** @param size frames that are kept */
  constructor(readonly size: number) {
    this.#slots = new Array<Uint8Array | undefined>(size)
  }

  /** Frames that were pushed so far. */
  get count(): number {
    return this.#count
  }

  /** Viewers at this moment. */
  get viewers(): number {
    return this.#places.size
  }

  /** Adds a frame; the oldest makes room. The ring owns the bytes from now on. */
  push(frame: Uint8Array): void {
    if (this.#isEnded) return
    this.#slots[this.#count % this.size] = frame
    this.#count += 1
    this.#changed.ring()
  }

  /** There will be no more frames; viewers take what is left to them. */
  end(): void {
    this.#isEnded = true
    this.#tidy()
    this.#changed.ring()
  }

  /** There will be no more frames, and those left are not shown either: viewers are at their end now. */
  cut(): void {
    this.#isEnded = true
    this.#places.clear()
    this.#tidy()
    this.#changed.ring()
  }

  join(): Viewer {
    const place: Place = { position: Math.max(0, this.#count - 1) }
    this.#places.add(place)
    this.#changed.ring()
    return {
      next: () => this.#next(place),
      leave: () => {
        if (!this.#places.delete(place)) return
        this.#tidy()
        this.#changed.ring()
      },
    }
  }

  /** Resolves when there is a viewer; rejects when the signal aborts. */
  async watched(signal: AbortSignal): Promise<void> {
    while (this.#places.size === 0) await this.#changed.next(signal)
  }

  /** Resolves when the fastest viewer has taken all frames, or there is none left; rejects when the signal aborts. */
  async taken(signal: AbortSignal): Promise<void> {
    while (this.#places.size > 0 && !this.#isTaken()) await this.#changed.next(signal)
  }

  async #next(place: Place): Promise<Uint8Array | undefined> {
    while (this.#places.has(place)) {
      if (place.position < this.#count) {
        place.position = Math.max(place.position, this.#count - this.size)
        const frame = this.#slots[place.position % this.size]
        place.position += 1
        this.#changed.ring()
        return frame
      }
      if (this.#isEnded) break
      await this.#changed.next()
    }
    return undefined
  }

  #isTaken(): boolean {
    for (const { position } of this.#places) if (position === this.#count) return true
    return false
  }

  /** After the end, with nobody left to take them, all frames go but the last, for whoever comes late. */
  #tidy(): void {
    if (!this.#isEnded || this.#places.size > 0 || this.#count === 0) return
    const last = (this.#count - 1) % this.size
    for (let slot = 0; slot < this.size; slot++) if (slot !== last) this.#slots[slot] = undefined
  }
}
