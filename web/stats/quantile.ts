/** A quantile of the latest values of a stream. */
export class Quantile {
  readonly #values: Float64Array
  readonly #share: number
  #next = 0
  #filled = 0

  /**
   * @param share of the values that lie at the quantile or below, 0–1
   * @param capacity values that it is taken of
   */
  constructor(share: number, capacity: number) {
    this.#share = share
    this.#values = new Float64Array(capacity)
  }

  add(value: number): void {
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#values.length
    this.#filled = Math.min(this.#filled + 1, this.#values.length)
  }

  /** By the nearest rank; undefined while there are no values. */
  get value(): number | undefined {
    const sorted = this.#values.slice(0, this.#filled).sort()
    return sorted[Math.max(0, Math.ceil(this.#share * sorted.length) - 1)]
  }
}
