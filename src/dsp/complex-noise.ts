/** Entries of the tables of radii and of directions: 12 bits of a random number choose from each. */
const ENTRIES = 4096

/**
 * Complex Gaussian noise of unit variance a component, the same for the same seed.
 *
 * A value is a radius, Rayleigh-distributed, in a uniform direction (Box and Muller, 1958). Both come from tables of
 * 4096 equally likely values, one 32-bit random number (mulberry32) for the two: the radius ends at 4.2, which one value
 * in eight thousand would exceed, and what is heard is the same.
 */
export class ComplexNoise {
  readonly #radii = Float32Array.from({ length: ENTRIES }, (_, i) =>
    Math.sqrt(-2 * Math.log((i + 0.5) / ENTRIES)),
  )
  readonly #directions = Float32Array.from({ length: ENTRIES + ENTRIES / 4 }, (_, i) =>
    Math.sin((2 * Math.PI * (i + 0.5)) / ENTRIES),
  )
  #state: number

  /** @param seed any integer; its lower 32 bits count */
  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** Writes pairs of real and imaginary part over the first `count` pairs of `output`. */
  fill(output: Float32Array, count: number): void {
    let state = this.#state
    for (let at = 0; at < 2 * count; at += 2) {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      mixed ^= mixed >>> 14
      const radius = this.#radii[mixed >>> 20]!
      const direction = (mixed >>> 8) & (ENTRIES - 1)
      output[at] = radius * this.#directions[direction + ENTRIES / 4]!
      output[at + 1] = radius * this.#directions[direction]!
    }
    this.#state = state
  }
}
