import { LookupTable } from './lookup-table.js'

const EULER = 0.5772156649015329

/** The exponential integral E₁(x) = ∫ₓ^∞ e^(−t)/t dt for x > 0: series below 1, continued fraction from there on. */
export function exponentialIntegral(x: number): number {
  if (x < 1) {
    let sum = -EULER - Math.log(x)
    let term = 1
    for (let n = 1; n < 20; n++) {
      term *= -x / n
      sum -= term / n
    }
    return sum
  }
  let fraction = 0
  for (let n = 60; n > 0; n--) fraction = n / (1 + n / (x + fraction))
  return Math.exp(-x) / (x + fraction)
}

/** ln v at the ends of the table: below, bins are at their least gain in any case; above, the factor is 1. */
const LOWEST = Math.log(1e-5)
const HIGHEST = Math.log(20)
const PER_UNIT = 100

/**
 * The gain with the least mean square error of the logarithm of a voice's amplitude in noise: Ephraim and Malah, "Speech
 * enhancement using a minimum mean-square error log-spectral amplitude estimator", IEEE TASSP 33 (2), 1985, eq. 20:
 * G = ξ / (1 + ξ) · exp(½ E₁(v)), v = γ ξ / (1 + ξ).
 */
export class LogSpectralGain {
  readonly #factor = new LookupTable(
    (logarithm) => Math.exp(exponentialIntegral(Math.exp(logarithm)) / 2),
    LOWEST,
    HIGHEST,
    PER_UNIT,
  )

  /**
   * @param prior ξ > 0: the voice's expected power over that of the noise
   * @param posterior γ ≥ 0: the power that is there over that of the noise
   * @returns 0 to 1
   */
  at(prior: number, posterior: number): number {
    const wiener = prior / (1 + prior)
    return Math.min(1, wiener * this.#factor.at(Math.log(wiener * posterior)))
  }
}
