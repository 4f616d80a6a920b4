/** Length of the filter, in samples of the output on each side: steep enough for speech. */
const REACH = 16
/** The filter's corner, as a share of the output's half rate: what lies above would come back as noise below. */
const CORNER = 0.9

/** The whole number by which a rate is divided to come as near to 16 kHz as it can, and not below. */
export function decimationOf(sampleRate: number): number {
  return Math.max(1, Math.floor(sampleRate / 16_000))
}

/**
 * Divides the sample rate of a stream by a whole number: a low-pass filter (sinc under a Blackman window), of which each
 * n-th value is computed.
 */
export class Decimator {
  readonly #factor: number
  readonly #taps: Float32Array
  /** The last samples of the input, as many as the filter has taps, twice over, so that they always lie in one piece. */
  readonly #past: Float32Array
  #at = 0
  #phase = 0

  /** @param factor a whole number from 1 on */
  constructor(factor: number) {
    this.#factor = factor
    this.#taps = lowPass(factor)
    this.#past = new Float32Array(2 * this.#taps.length)
  }

  /**
   * Takes samples of the input.
   * @param output takes those of the output, from `from` on; it must have room for them
   * @returns the index after the last that was written
   */
  push(input: Float32Array, output: Float32Array, from: number): number {
    const length = this.#taps.length
    let into = from
    for (const sample of input) {
      this.#past[this.#at] = sample
      this.#past[this.#at + length] = sample
      this.#at = this.#at + 1 === length ? 0 : this.#at + 1
      this.#phase += 1
      if (this.#phase < this.#factor) continue
      this.#phase = 0
      output[into] = this.#filtered()
      into += 1
    }
    return into
  }

  #filtered(): number {
    let sum = 0
    for (let index = 0; index < this.#taps.length; index += 1) {
      sum += this.#taps[index]! * this.#past[this.#at + index]!
    }
    return sum
  }
}

function lowPass(factor: number): Float32Array {
  if (factor === 1) return Float32Array.of(1)
  const half = REACH * factor
  const corner = CORNER / factor
  const taps = Float32Array.from({ length: 2 * half + 1 }, (_, index) => {
    const x = index - half
    const sinc = x === 0 ? corner : Math.sin(Math.PI * corner * x) / (Math.PI * x)
    const turn = (Math.PI * index) / half
    return sinc * (0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn))
  })
  const sum = taps.reduce((total, tap) => total + tap, 0)
  return taps.map((tap) => tap / sum)
}
