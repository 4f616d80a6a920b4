/**
 * Streaming sample-rate conversion by a polyphase windowed-sinc filter.
 *
 * With the ratio reduced to L/M, output k lies at input position k·M/L, so only L different fractional positions
 * occur and each has its own row of filter taps. Positions are integers throughout: nothing drifts, and chunked
 * input gives exactly what the whole input at once gives.
 */

/** Sinc lobes on each side of the centre, counted at the lower of the two rates. */
const LOBES = 32
/** Seconds of sound that a resampler holds back at most, at rates of 8 kHz and more. */
export const RESAMPLER_DELAY = LOBES / 8000
/** Shape of the Kaiser window: 8.6 puts the side lobes below -85 dB. */
const KAISER_BETA = 8.6
/** Cut-off as a part of the lower Nyquist frequency: leaves most of the transition band below it. */
const CUTOFF = 0.955
/** Rows times taps of the largest table that is built: 16 MB. Common rates need less than a hundredth of it. */
const MAX_TABLE = 1 << 22
/** Input samples handled at a time. */
const BLOCK = 2048

/** A resampler for one stream. All memory but a longer output's is taken when it is made. */
export class Resampler {
  readonly from: number
  readonly to: number
  readonly #up: number
  readonly #down: number
  readonly #taps: number
  readonly #rows: Float32Array
  /** Input not yet done with: `#taps` samples of it are seen by each output. */
  readonly #window: Float32Array
  #filled = 0
  /** Start of the next output's taps within the window, and its row. */
  #start = 0
  #phase = 0
  #received = 0
  #produced = 0
  #output: Float32Array

  /**
   * @param from - input rate in Hz, a positive integer.
   * @param to - output rate in Hz, a positive integer.
   * @throws RangeError for other rates, or a pair so odd that its filter table would not fit (4 million taps).
   */
  constructor(from: number, to: number) {
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < 1) {
      throw new RangeError(`Sample rates are positive whole numbers; got ${from} and ${to}.`)
    }
    const divisor = greatestCommonDivisor(from, to)
    this.from = from
    this.to = to
    this.#up = to / divisor
    this.#down = from / divisor
    const half = from === to ? 0 : Math.ceil(LOBES * Math.max(1, from / to))
    // A multiple of four, for the unrolled inner loop.
    this.#taps = half === 0 ? 1 : Math.ceil((2 * half) / 4) * 4
    if (this.#taps * this.#up > MAX_TABLE) {
      throw new RangeError(
        `${from} Hz cannot be resampled to ${to} Hz: the ratio ${this.#up}:${this.#down} is too fine.`,
      )
    }
    this.#rows = from === to ? new Float32Array([1]) : designRows(this.#up, this.#down, this.#taps)
    this.#window = new Float32Array(this.#taps + BLOCK)
    this.#output = new Float32Array(this.#outputRoom(BLOCK))
    this.#reset()
  }

  /**
   * Takes the next input samples and returns the output samples that they complete: a view on this object's memory,
   * or on `output`, that the next call overwrites. The output starts at the input's first sample: the filter's
   * delay shows only as samples that come with a later call.
   *
   * @param output - where to write; `ceil(input.length * to / from) + 1` samples are always enough.
   */
  process(input: Float32Array, output?: Float32Array): Float32Array {
    const room = this.#outputRoom(input.length)
    let target = output
    if (target === undefined) {
      if (this.#output.length < room) this.#output = new Float32Array(room)
      target = this.#output
    } else if (target.length < room) {
      throw new RangeError(`output holds ${target.length} samples; ${room} can come out of ${input.length}.`)
    }
    this.#received += input.length
    const written = this.#feed(input, target)
    this.#produced += written
    return target.subarray(0, written)
  }

  /**
   * Ends the stream: returns the rest, so that the whole output is `round(samples in * to / from)` long, and makes
   * ready for a new stream. Same view rules as {@link process}.
   */
  flush(): Float32Array {
    const total = Math.round((this.#received * this.#up) / this.#down)
    const missing = total - this.#produced
    const rest = this.process(new Float32Array(this.#taps))
    this.#reset()
    return rest.subarray(0, missing)
  }

  #reset(): void {
    this.#window.fill(0)
    // The first output is centred on the first input: half a filter of silence lies before it.
    this.#filled = this.#taps === 1 ? 0 : this.#taps / 2 - 1
    this.#start = 0
    this.#phase = 0
    this.#received = 0
    this.#produced = 0
  }

  #outputRoom(inputLength: number): number {
    return Math.ceil((inputLength * this.#up) / this.#down) + 1
  }

  #feed(input: Float32Array, output: Float32Array): number {
    const window = this.#window
    let written = 0
    for (let offset = 0; offset < input.length;) {
      const count = Math.min(input.length - offset, window.length - this.#filled)
      window.set(input.subarray(offset, offset + count), this.#filled)
      this.#filled += count
      offset += count
      written = this.#convolve(output, written)
      const used = Math.min(this.#start, this.#filled)
      window.copyWithin(0, used, this.#filled)
      this.#filled -= used
      this.#start -= used
    }
    return written
  }

  /** Makes every output whose taps lie within the window; returns the new fill of `output`. */
  #convolve(output: Float32Array, written: number): number {
    const window = this.#window
    const rows = this.#rows
    const taps = this.#taps
    const up = this.#up
    const wholeStep = Math.floor(this.#down / up)
    const fraction = this.#down % up
    const last = this.#filled - taps
    let start = this.#start
    let phase = this.#phase
    while (start <= last) {
      output[written++] = taps === 1 ? window[start]! : dot(rows, phase * taps, window, start, taps)
      start += wholeStep
      phase += fraction
      if (phase >= up) {
        phase -= up
        start++
      }
    }
    this.#start = start
    this.#phase = phase
    return written
  }
}

/** Scalar product in four independent sums, which the processor can overlap; `length` is a multiple of four. */
function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, length: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  for (let i = 0; i < length; i += 4) {
    const p = aStart + i
    const q = bStart + i
    s0 += a[p]! * b[q]!
    s1 += a[p + 1]! * b[q + 1]!
    s2 += a[p + 2]! * b[q + 2]!
    s3 += a[p + 3]! * b[q + 3]!
  }
  return s0 + s1 + (s2 + s3)
}

/** Rows of taps: row p is the filter for outputs that lie p/up of a sample after the tap `taps / 2 - 1`. */
function designRows(up: number, down: number, taps: number): Float32Array {
  const rows = new Float32Array(up * taps)
  const cutoff = CUTOFF * Math.min(1, up / down)
  const half = taps / 2
  const scale = besselI0(KAISER_BETA)
  const row = new Float64Array(taps)
  for (let phase = 0; phase < up; phase++) {
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (half - 1) - phase / up
      const edge = distance / half
      const kaiser = Math.abs(edge) >= 1 ? 0 : besselI0(KAISER_BETA * Math.sqrt(1 - edge * edge)) / scale
      const x = Math.PI * distance * cutoff
      row[tap] = kaiser * (x === 0 ? 1 : Math.sin(x) / x)
      sum += row[tap]!
    }
    // Every row passes a constant unchanged, so that rows do not modulate each other.
    for (let tap = 0; tap < taps; tap++) rows[phase * taps + tap] = row[tap]! / sum
  }
  return rows
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * 1e-16; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
