/** Which source picture is shown at which tick of a constant rate. */

/**
 * Takes the times of source pictures as they come and counts, for each, the ticks at which it is the nearest: 0 drops
 * it, 2 shows it twice. A picture's count is known once the next one's time is.
 */
export class Pace {
  readonly #fps: number
  #start = 0
  #time = Number.NaN
  #ticks = 0

  /** @param fps - ticks a second. */
  constructor(fps: number) {
    this.#fps = fps
  }

  /** Ticks counted so far. */
  get ticks(): number {
    return this.#ticks
  }

  /** Seconds of the newest picture after the first. */
  get elapsed(): number {
    return Number.isNaN(this.#time) ? 0 : this.#time - this.#start
  }

  /**
   * Takes the next picture. The first is shown at tick 0, whatever its time; one that is not later than the one
   * before it takes its place.
   *
   * @param time - seconds.
   * @returns how often to show the picture before it; 0 when there is none.
   */
  next(time: number): number {
    if (Number.isNaN(this.#time)) {
      this.#start = time
      this.#time = time
      return 0
    }
    if (!(time > this.#time)) return 0
    const middle = (this.#time + time) / 2 - this.#start
    this.#time = time
    return this.#advance(middle)
  }

  /**
   * Ends the row.
   *
   * @param duration - seconds for which the last picture is shown.
   * @returns how often to show the last picture: until it ends, and at the tick that it was for, however short it is.
   */
  end(duration: number): number {
    if (Number.isNaN(this.#time)) return 0
    return this.#advance(this.elapsed + Math.max(0, duration - 0.5 / this.#fps))
  }

  /** Counts the ticks from the next one up to `until` seconds, inclusive: of two equally near, the earlier is shown. */
  #advance(until: number): number {
    // A billionth of a tick is rounding: it must not decide between two pictures.
    const count = Math.max(0, Math.floor(until * this.#fps + 1e-9) + 1 - this.#ticks)
    this.#ticks += count
    return count
  }
}
