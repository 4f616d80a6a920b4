/** Voices lie within 70–400 Hz. */
const LOWEST_HZ = 70
const HIGHEST_HZ = 400
/** Pitch is looked for at about this rate: enough for 400 Hz, and a quarter of the work at 16 kHz. */
const ANALYSIS_RATE = 8000
/** Seconds that are compared with themselves: two periods of the lowest voice. */
const COMPARED = 0.028
/** Least normalised correlation of a voiced sound. */
const VOICED = 0.55
/** An octave below the true pitch correlates just as well: the shortest lag within this share of the best one wins. */
const SHORT_LAG_SHARE = 0.9
/** Product of two powers below which there is no sound to compare. */
const SILENCE = 1e-18

/**
 * The pitch of the last few hundredths of a second of a stream, by normalised cross-correlation (Talkin, "A robust
 * algorithm for pitch tracking", 1995, without its path search). A rough guide for gestures, made of fixed memory.
 */
export class PitchTracker {
  readonly #decimation: number
  readonly #rate: number
  readonly #shortest: number
  readonly #longest: number
  readonly #compared: number
  readonly #recent: Float64Array
  readonly #correlation: Float32Array
  #sum = 0
  #summed = 0

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    this.#decimation = Math.max(1, Math.round(sampleRate / ANALYSIS_RATE))
    this.#rate = sampleRate / this.#decimation
    this.#shortest = Math.floor(this.#rate / HIGHEST_HZ)
    this.#longest = Math.ceil(this.#rate / LOWEST_HZ)
    this.#compared = Math.round(COMPARED * this.#rate)
    this.#recent = new Float64Array(this.#compared + this.#longest)
    this.#correlation = new Float32Array(this.#longest + 1)
  }

  /** Takes samples `from` … `to` of an array. */
  push(samples: Float32Array, from: number, to: number): void {
    const incoming = Math.floor((this.#summed + to - from) / this.#decimation)
    this.#recent.copyWithin(0, incoming)
    let write = this.#recent.length - incoming
    for (let n = from; n < to; n++) {
      this.#sum += samples[n]!
      this.#summed += 1
      if (this.#summed < this.#decimation) continue
      // The mean of a group is a low-pass crude enough for this; at 16 kHz it keeps all below 4 kHz.
      if (write >= 0) this.#recent[write] = this.#sum / this.#decimation
      write += 1
      this.#sum = 0
      this.#summed = 0
    }
  }

  /** Pitch in Hz, or 0 where there is none. */
  estimate(): number {
    const best = this.#correlate()
    if (best < VOICED) return 0
    for (let lag = this.#shortest + 1; lag < this.#longest; lag++) {
      const here = this.#correlation[lag]!
      const isPeak = here >= this.#correlation[lag - 1]! && here >= this.#correlation[lag + 1]!
      if (isPeak && here >= SHORT_LAG_SHARE * best) return this.#rate / lag
    }
    return 0
  }

  /** Correlates the newest stretch with those before it, for every lag; gives the best of them. */
  #correlate(): number {
    const recent = this.#recent
    const newest = this.#longest
    const compared = this.#compared
    const power = dot(recent, newest, newest, compared)
    let before = newest - this.#longest
    let powerBefore = dot(recent, before, before, compared)
    let best = 0
    for (let lag = this.#longest; lag >= this.#shortest; lag--) {
      const product = dot(recent, newest, before, compared)
      const correlation = product / Math.sqrt(power * powerBefore + SILENCE)
      this.#correlation[lag] = correlation
      best = Math.max(best, correlation)
      // The stretch of the next lag lies one sample further on. Rounding must not leave it less power than none.
      const leaves = recent[before]!
      const enters = recent[before + compared]!
      powerBefore = Math.max(0, powerBefore - leaves * leaves + enters * enters)
      before += 1
    }
    return best
  }
}

/** Sum of the products of two stretches of an array. Four sums at once: each addition would wait for the one before. */
function dot(values: Float64Array, a: number, b: number, length: number): number {
  let first = 0
  let second = 0
  let third = 0
  let fourth = 0
  let n = 0
  for (; n + 3 < length; n += 4) {
    first += values[a + n]! * values[b + n]!
    second += values[a + n + 1]! * values[b + n + 1]!
    third += values[a + n + 2]! * values[b + n + 2]!
    fourth += values[a + n + 3]! * values[b + n + 3]!
  }
  for (; n < length; n++) first += values[a + n]! * values[b + n]!
  return first + second + (third + fourth)
}
