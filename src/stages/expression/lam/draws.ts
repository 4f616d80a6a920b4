import { SeededRandom } from '../idle/random.js'

/** Where chance comes from: in the order in which the published model asks for it. */
export interface Draws {
  /** A whole number in [low, high). */
  integer(low: number, high: number): number
  /** A number in [low, high). */
  uniform(low: number, high: number): number
}

/** Draws from numbers that are uniform in [0, 1), one for each. */
export function drawsFrom(next: () => number): Draws {
  const uniform = (low: number, high: number): number => low + next() * (high - low)
  return { uniform, integer: (low, high) => Math.floor(uniform(low, high)) }
}

/** The same seed and name give the same draws. */
export function seededDraws(seed: number, name: string): Draws {
  const random = new SeededRandom(seed, name)
  return drawsFrom(() => random.next())
}
