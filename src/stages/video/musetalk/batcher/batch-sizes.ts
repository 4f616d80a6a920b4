/** What a device takes at once, and what it is given. */
export class BatchSizes {
  readonly #buckets: readonly number[]
  readonly #exact: boolean
  #most: number

  /**
   * @param buckets sizes that the device is warmed up for, ascending
   * @param exact whether a run may be of any size up to the largest; else it is filled up to the next bucket
   */
  constructor(buckets: readonly number[], exact: boolean) {
    this.#buckets = buckets
    this.#exact = exact
    this.#most = buckets.at(-1) ?? 1
  }

  /** The largest batch that has not been too large so far. */
  get most(): number {
    return this.#most
  }

  /** The size of a run of this many, at most {@link most}. */
  sizeOf(count: number): number {
    return this.#exact ? count : (this.#buckets.find((bucket) => bucket >= count) ?? count)
  }

  /**
   * A run of this size did not fit into the device's memory: from now on half of it is the most.
   *
   * @returns false when it was of one, and nothing smaller is left
   */
  tooLarge(size: number): boolean {
    if (size <= 1) return false
    const half = Math.floor(size / 2)
    const smaller = this.#exact ? half : (this.#buckets.findLast((bucket) => bucket <= half) ?? 1)
    this.#most = Math.min(this.#most, smaller)
    return true
  }
}
