/**
 * A function of one variable as a table that is read with linear interpolation. For hot loops: several times faster
 * than the functions of `Math`. Between entries `step` apart the error is at most step² / 8 times the greatest second
 * derivative there, and 6e-8 for the entries' own precision.
 */
export class LookupTable {
  readonly #values: Float32Array
  readonly #low: number
  readonly #high: number
  readonly #perUnit: number

  /**
   * @param low the first argument; @param high the last; what lies outside is read at the nearer of the two
   * @param perUnit entries for an argument's change of 1
   */
  constructor(of: (argument: number) => number, low: number, high: number, perUnit: number) {
    const cells = Math.ceil((high - low) * perUnit)
    this.#values = Float32Array.from({ length: cells + 2 }, (_, cell) => of(low + cell / perUnit))
    this.#low = low
    this.#high = high
    this.#perUnit = perUnit
  }

  at(argument: number): number {
    const inside = argument < this.#low ? this.#low : argument > this.#high ? this.#high : argument
    const place = (inside - this.#low) * this.#perUnit
    const cell = place | 0
    const before = this.#values[cell]!
    return before + (place - cell) * (this.#values[cell + 1]! - before)
  }
}
