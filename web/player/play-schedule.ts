/** How far a turn is. All times in seconds. */
export interface PlayProgress {
  /** The turn's time; below that of its first sound until it is played. */
  readonly position: number
  /** Sound that waits. */
  readonly waiting: number
  readonly playing: boolean
}

/**
 * When the sound of one turn is played, where each piece is handed to a clock ahead of its time. A piece that comes too
 * late moves everything after it; while there is nothing to play, the turn's time stands still. All times in seconds.
 */
export class PlaySchedule {
  readonly #lead: number
  /** When, by the clock, the turn's time is 0; undefined before its first piece. */
  #zero: number | undefined
  /** The turn's time up to which there is sound. */
  #end = 0
  #ended = false

  /** @param lead how far ahead of its time a piece must be there: the jitter of a network, and of a busy page */
  constructor(lead: number) {
    this.#lead = lead
  }

  /**
   * Takes a piece.
   * @param at the turn's time of its beginning
   * @param now the clock's time
   * @returns when it begins, by the clock
   */
  place(at: number, duration: number, now: number): number {
    if (this.#zero === undefined || this.#zero + Math.max(at, this.#end) < now)
      this.#zero = now + this.#lead - at
    this.#end = Math.max(this.#end, at + duration)
    return this.#zero + at
  }

  /** Nothing more comes: time goes on in silence after the last piece. */
  end(): void {
    this.#ended = true
  }

  /** Undefined before the first piece. */
  at(now: number): PlayProgress | undefined {
    if (this.#zero === undefined) return undefined
    const since = now - this.#zero
    const position = this.#ended ? since : Math.min(since, this.#end)
    return {
      position,
      waiting: Math.max(0, this.#end - position),
      playing: this.#ended || since < this.#end,
    }
  }
}
