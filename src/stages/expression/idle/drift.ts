import type { SeededRandom } from './random.js'

export interface DriftOptions {
  /** Slowest and fastest movement in Hz. */
  readonly lowHz: number
  readonly highHz: number
}

/** Enough sines that the movement does not look periodic, few enough that it is not noise. */
const COMPONENTS = 5

/**
 * Smooth aimless movement: a sum of sines at random frequencies within a band, slow ones larger (amplitude falls with
 * the square root of frequency). A function of time alone, so that it can be asked for any moment; never leaves
 * [-1, 1] and stays within about ±0.35 two thirds of the time.
 */
export class Drift {
  readonly #frequency = new Float64Array(COMPONENTS)
  readonly #amplitude = new Float64Array(COMPONENTS)
  readonly #phase = new Float64Array(COMPONENTS)

  constructor(random: SeededRandom, { lowHz, highHz }: DriftOptions) {
    let sum = 0
    for (let i = 0; i < COMPONENTS; i++) {
      // One component in each part of the band, on a logarithmic scale.
      const place = (i + random.next()) / COMPONENTS
      this.#frequency[i] = 2 * Math.PI * lowHz * (highHz / lowHz) ** place
      this.#amplitude[i] = 1 / Math.sqrt(this.#frequency[i]!)
      this.#phase[i] = random.between(0, 2 * Math.PI)
      sum += this.#amplitude[i]!
    }
    for (let i = 0; i < COMPONENTS; i++) this.#amplitude[i]! /= sum
  }

  /** Value in [-1, 1] at `time` seconds. */
  at(time: number): number {
    let value = 0
    for (let i = 0; i < COMPONENTS; i++) {
      value += this.#amplitude[i]! * Math.sin(this.#frequency[i]! * time + this.#phase[i]!)
    }
    return value
  }
}
