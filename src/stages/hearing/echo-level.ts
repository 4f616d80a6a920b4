import { BANDS } from './echo-bands.js'

/** Lowest level that is told apart, and number of steps of 1 dB above it. */
const LOWEST_DB = -80
const STEPS = 120
/** Frames that count: about 4 s. */
const MEMORY = 1 - 1 / 250
/** Frames until the measured levels are believed: about half a second. */
const ENOUGH = 30

/**
 * How loud the echo is, band by band: a quantile of what is heard over what is played. A person who speaks over the
 * echo is above it, so that a low quantile stays with the echo.
 */
export class EchoLevel {
  readonly #counts = new Float64Array(BANDS * STEPS)
  readonly #totals = new Float64Array(BANDS)
  readonly #quantile: number

  /** @param quantile part of the frames that are below the level, 0 to 1 */
  constructor(quantile: number) {
    this.#quantile = quantile
  }

  /** Takes a band of a frame; both powers are above 0. */
  learn(band: number, heard: number, played: number): void {
    const decibels = 10 * Math.log10(heard / played)
    const step = Math.max(0, Math.min(STEPS - 1, Math.round(decibels - LOWEST_DB)))
    const start = band * STEPS
    for (let i = start; i < start + STEPS; i++) this.#counts[i]! *= MEMORY
    this.#counts[start + step]! += 1
    this.#totals[band] = this.#totals[band]! * MEMORY + 1
  }

  /** The level of the echo in a band in dB over what is played, or undefined while too little was heard. */
  of(band: number): number | undefined {
    const total = this.#totals[band]!
    if (total < ENOUGH) return undefined
    const start = band * STEPS
    let below = 0
    for (let i = 0; i < STEPS; i++) {
      below += this.#counts[start + i]!
      if (below >= this.#quantile * total) return LOWEST_DB + i
    }
    return LOWEST_DB + STEPS
  }
}
