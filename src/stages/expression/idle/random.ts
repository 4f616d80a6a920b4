/**
 * A small seeded generator: the same seed and name give the same numbers on every machine. Each moving part of the
 * face has its own, named, so that changing one part leaves the others as they were.
 *
 * Mulberry32 over a hash of seed and name; ample for motion, not for secrets.
 */
export class SeededRandom {
  #state: number

  /**
   * @param seed any integer
   * @param name what the numbers are for
   */
  constructor(seed: number, name: string) {
    let hash = seed >>> 0
    for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x9e3779b1) >>> 0
    this.#state = hash
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let x = this.#state
    x = Math.imul(x ^ (x >>> 15), x | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** Normal with mean 0 and variance 1 (Box–Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return radius * Math.cos(2 * Math.PI * this.next())
  }
}
