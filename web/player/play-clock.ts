/** Where the sound of a turn was, and when. */
export interface ClockReport {
  readonly turn: number
  /** The turn's time in microseconds. */
  readonly position: number
  /** Microseconds of sound that wait. */
  readonly waiting: number
  readonly playing: boolean
  /** When, in seconds of the audio context. */
  readonly contextTime: number
}

/**
 * The time of the turn that is heard, by the samples really played. Between two reports it goes on with the context's
 * time; it never runs past the sound that is there, and never back.
 */
export class PlayClock {
  #report: ClockReport | undefined
  #latest = 0

  /** The turn that the clock belongs to; undefined when none has begun. */
  get turn(): number | undefined {
    return this.#report?.turn
  }

  /** Takes a report of the audio thread. */
  take(report: ClockReport): void {
    if (report.turn !== this.#report?.turn) this.#latest = 0
    this.#report = report
  }

  /**
   * The turn's time at the listener's ear, in microseconds; undefined before the turn's first sample.
   * @param contextTime the context's time now, in seconds
   * @param latency seconds from the context to the ear
   */
  now(contextTime: number, latency: number): number | undefined {
    const report = this.#report
    if (report === undefined) return undefined
    const since = report.playing ? Math.max(0, contextTime - report.contextTime) * 1e6 : 0
    const position = report.position + Math.min(since, report.waiting) - latency * 1e6
    this.#latest = Math.max(this.#latest, position)
    return position < 0 && this.#latest <= 0 ? undefined : this.#latest
  }

  /** Forgets the turn. */
  clear(): void {
    this.#report = undefined
    this.#latest = 0
  }
}
