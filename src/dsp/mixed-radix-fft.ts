/**
 * Fourier transform of real frames whose size is a product of 2, 3 and 5, both ways. Size, twiddles and work space are
 * fixed at construction, so that a call allocates nothing.
 *
 * The `size` real samples are packed as `size / 2` complex ones, transformed by Stockham's self-sorting passes
 * (radices 5, 4, 3 and 2; Van Loan, "Computational Frameworks for the FFT", 1992, §1.7) and unpacked by the split
 * formula for real input. Arithmetic is in double precision.
 */
export class MixedRadixFft {
  /** Number of real samples. */
  readonly size: number
  /** Number of bins, `size / 2 + 1`: 0 Hz up to and including half the sample rate. */
  readonly bins: number
  readonly #passes: readonly Pass[]
  /** Where the complex samples are before a pass and after it, in turn. */
  #from: Complex
  #to: Complex
  /** cos and sin of 2πk / size, for k < size / 2. */
  readonly #cos: Float64Array
  readonly #sin: Float64Array

  /**
   * @param size even, and without other prime factors than 2, 3 and 5
   * @throws RangeError when it is not
   */
  constructor(size: number) {
    const half = size / 2
    const radices = factors(half)
    if (radices === undefined) {
      throw new RangeError(`Expected the FFT's size to be an even product of 2, 3 and 5, got ${size}`)
    }
    this.size = size
    this.bins = half + 1
    this.#passes = passesOf(half, radices)
    this.#from = zeros(half)
    this.#to = zeros(half)
    this.#cos = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / size))
    this.#sin = Float64Array.from({ length: half }, (_, k) => Math.sin((2 * Math.PI * k) / size))
  }

  /**
   * Writes X(k) = Σ x(n)·e^(−2πikn/size) for the bins k = 0 … size / 2.
   *
   * @param samples the frame begins at `start`
   * @param real receives `bins` values from `offset` on, as does `imaginary`
   */
  forward(
    samples: Float64Array,
    start: number,
    real: Float64Array,
    imaginary: Float64Array,
    offset: number,
  ): void {
    const half = this.bins - 1
    const { re, im } = this.#from
    for (let n = 0, at = start; n < half; n++, at += 2) {
      re[n] = samples[at]!
      im[n] = samples[at + 1]!
    }
    this.#transform()
    const { re: zr, im: zi } = this.#from
    real[offset] = zr[0]! + zi[0]!
    imaginary[offset] = 0
    real[offset + half] = zr[0]! - zi[0]!
    imaginary[offset + half] = 0
    for (let k = 1, m = half - 1; k <= m; k++, m--) {
      // Even and odd samples' spectra, from the packed spectrum at k and its mirror at half − k.
      const evenRe = (zr[k]! + zr[m]!) / 2
      const evenIm = (zi[k]! - zi[m]!) / 2
      const oddRe = (zi[k]! + zi[m]!) / 2
      const oddIm = (zr[m]! - zr[k]!) / 2
      const cos = this.#cos[k]!
      const sin = this.#sin[k]!
      const turnedRe = oddRe * cos + oddIm * sin
      const turnedIm = oddIm * cos - oddRe * sin
      real[offset + k] = evenRe + turnedRe
      imaginary[offset + k] = evenIm + turnedIm
      real[offset + m] = evenRe - turnedRe
      imaginary[offset + m] = turnedIm - evenIm
    }
  }

  /**
   * Undoes {@link forward}, 1 / size included. The imaginary parts of the first and the last bin belong to no real
   * frame and are not read.
   *
   * @param real `bins` values from `offset` on, as in `imaginary`
   * @param samples receives `size` values
   */
  inverse(real: Float64Array, imaginary: Float64Array, offset: number, samples: Float64Array): void {
    const half = this.bins - 1
    // Real and imaginary parts change places: that turns the forward transform into the backward one.
    const { re: swappedIm, im: swappedRe } = this.#from
    swappedRe[0] = (real[offset]! + real[offset + half]!) / 2
    swappedIm[0] = (real[offset]! - real[offset + half]!) / 2
    for (let k = 1, m = half - 1; k <= m; k++, m--) {
      const evenRe = (real[offset + k]! + real[offset + m]!) / 2
      const evenIm = (imaginary[offset + k]! - imaginary[offset + m]!) / 2
      const turnedRe = (real[offset + k]! - real[offset + m]!) / 2
      const turnedIm = (imaginary[offset + k]! + imaginary[offset + m]!) / 2
      const cos = this.#cos[k]!
      const sin = this.#sin[k]!
      const oddRe = turnedRe * cos - turnedIm * sin
      const oddIm = turnedIm * cos + turnedRe * sin
      swappedRe[k] = evenRe - oddIm
      swappedIm[k] = evenIm + oddRe
      swappedRe[m] = evenRe + oddIm
      swappedIm[m] = oddRe - evenIm
    }
    this.#transform()
    const { re: im, im: re } = this.#from
    for (let n = 0, at = 0; n < half; n++, at += 2) {
      samples[at] = re[n]! / half
      samples[at + 1] = im[n]! / half
    }
  }

  #transform(): void {
    for (const pass of this.#passes) {
      BUTTERFLIES[pass.radix](this.#from, this.#to, pass)
      const swap = this.#from
      this.#from = this.#to
      this.#to = swap
    }
  }
}

type Radix = 2 | 3 | 4 | 5

interface Complex {
  readonly re: Float64Array
  readonly im: Float64Array
}

interface Pass {
  readonly radix: Radix
  /** Groups of butterflies, each with its own twiddles. */
  readonly groups: number
  /** Butterflies in a group, side by side in memory. */
  readonly stride: number
  /** cos and sin of 2πpj / length, at [p·(radix − 1) + j − 1]. */
  readonly cos: Float64Array
  readonly sin: Float64Array
}

function zeros(length: number): Complex {
  return { re: new Float64Array(length), im: new Float64Array(length) }
}

function factors(size: number): Radix[] | undefined {
  if (!Number.isInteger(size) || size < 1) return undefined
  const radices: Radix[] = []
  let rest = size
  for (const radix of [5, 4, 3, 2] as const) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix)
  }
  return rest === 1 ? radices : undefined
}

function passesOf(size: number, radices: readonly Radix[]): Pass[] {
  let length = size
  let stride = 1
  return radices.map((radix) => {
    const groups = length / radix
    const angle = (index: number): number =>
      (2 * Math.PI * Math.floor(index / (radix - 1)) * ((index % (radix - 1)) + 1)) / (groups * radix)
    const count = groups * (radix - 1)
    const pass: Pass = {
      radix,
      groups,
      stride,
      cos: Float64Array.from({ length: count }, (_, index) => Math.cos(angle(index))),
      sin: Float64Array.from({ length: count }, (_, index) => Math.sin(angle(index))),
    }
    length = groups
    stride *= radix
    return pass
  })
}

/** One pass: from [radix, groups, stride] to [groups, radix, stride], with a transform over the radix. */
type Butterfly = (from: Complex, to: Complex, pass: Pass) => void

const BUTTERFLIES: Readonly<Record<Radix, Butterfly>> = { 2: pass2, 3: pass3, 4: pass4, 5: pass5 }

function pass2({ re, im }: Complex, to: Complex, { groups, stride, cos, sin }: Pass): void {
  const half = groups * stride
  for (let p = 0; p < groups; p++) {
    const [c, s] = [cos[p]!, sin[p]!]
    for (let a = p * stride, o = 2 * p * stride; a < (p + 1) * stride; a++, o++) {
      const b = a + half
      const dr = re[a]! - re[b]!
      const di = im[a]! - im[b]!
      to.re[o] = re[a]! + re[b]!
      to.im[o] = im[a]! + im[b]!
      to.re[o + stride] = dr * c + di * s
      to.im[o + stride] = di * c - dr * s
    }
  }
}

const SIN_60 = Math.sin(Math.PI / 3)

function pass3({ re, im }: Complex, to: Complex, { groups, stride, cos, sin }: Pass): void {
  const third = groups * stride
  for (let p = 0; p < groups; p++) {
    const [c1, s1, c2, s2] = [cos[2 * p]!, sin[2 * p]!, cos[2 * p + 1]!, sin[2 * p + 1]!]
    for (let a = p * stride, o = 3 * p * stride; a < (p + 1) * stride; a++, o++) {
      const b = a + third
      const c = b + third
      const sumRe = re[b]! + re[c]!
      const sumIm = im[b]! + im[c]!
      const sideRe = SIN_60 * (im[b]! - im[c]!)
      const sideIm = SIN_60 * (re[c]! - re[b]!)
      const midRe = re[a]! - sumRe / 2
      const midIm = im[a]! - sumIm / 2
      to.re[o] = re[a]! + sumRe
      to.im[o] = im[a]! + sumIm
      put(to, o + stride, midRe + sideRe, midIm + sideIm, c1, s1)
      put(to, o + 2 * stride, midRe - sideRe, midIm - sideIm, c2, s2)
    }
  }
}

function pass4({ re, im }: Complex, to: Complex, { groups, stride, cos, sin }: Pass): void {
  const quarter = groups * stride
  for (let p = 0; p < groups; p++) {
    const w = 3 * p
    for (let a = p * stride, o = 4 * p * stride; a < (p + 1) * stride; a++, o++) {
      const b = a + quarter
      const c = b + quarter
      const d = c + quarter
      const acRe = re[a]! + re[c]!
      const acIm = im[a]! + im[c]!
      const bdRe = re[b]! + re[d]!
      const bdIm = im[b]! + im[d]!
      const acLessRe = re[a]! - re[c]!
      const acLessIm = im[a]! - im[c]!
      // −i times the difference.
      const bdLessRe = im[b]! - im[d]!
      const bdLessIm = re[d]! - re[b]!
      to.re[o] = acRe + bdRe
      to.im[o] = acIm + bdIm
      put(to, o + stride, acLessRe + bdLessRe, acLessIm + bdLessIm, cos[w]!, sin[w]!)
      put(to, o + 2 * stride, acRe - bdRe, acIm - bdIm, cos[w + 1]!, sin[w + 1]!)
      put(to, o + 3 * stride, acLessRe - bdLessRe, acLessIm - bdLessIm, cos[w + 2]!, sin[w + 2]!)
    }
  }
}

const COS_72 = Math.cos((2 * Math.PI) / 5)
const SIN_72 = Math.sin((2 * Math.PI) / 5)
const COS_144 = Math.cos((4 * Math.PI) / 5)
const SIN_144 = Math.sin((4 * Math.PI) / 5)

function pass5({ re, im }: Complex, to: Complex, { groups, stride, cos, sin }: Pass): void {
  const fifth = groups * stride
  for (let p = 0; p < groups; p++) {
    const w = 4 * p
    for (let a = p * stride, o = 5 * p * stride; a < (p + 1) * stride; a++, o++) {
      const b = a + fifth
      const c = b + fifth
      const d = c + fifth
      const e = d + fifth
      const beRe = re[b]! + re[e]!
      const beIm = im[b]! + im[e]!
      const cdRe = re[c]! + re[d]!
      const cdIm = im[c]! + im[d]!
      const beLessRe = re[b]! - re[e]!
      const beLessIm = im[b]! - im[e]!
      const cdLessRe = re[c]! - re[d]!
      const cdLessIm = im[c]! - im[d]!
      const oneRe = re[a]! + COS_72 * beRe + COS_144 * cdRe
      const oneIm = im[a]! + COS_72 * beIm + COS_144 * cdIm
      const twoRe = re[a]! + COS_144 * beRe + COS_72 * cdRe
      const twoIm = im[a]! + COS_144 * beIm + COS_72 * cdIm
      const oneSideRe = SIN_72 * beLessIm + SIN_144 * cdLessIm
      const oneSideIm = -SIN_72 * beLessRe - SIN_144 * cdLessRe
      const twoSideRe = SIN_144 * beLessIm - SIN_72 * cdLessIm
      const twoSideIm = SIN_72 * cdLessRe - SIN_144 * beLessRe
      to.re[o] = re[a]! + beRe + cdRe
      to.im[o] = im[a]! + beIm + cdIm
      put(to, o + stride, oneRe + oneSideRe, oneIm + oneSideIm, cos[w]!, sin[w]!)
      put(to, o + 2 * stride, twoRe + twoSideRe, twoIm + twoSideIm, cos[w + 1]!, sin[w + 1]!)
      put(to, o + 3 * stride, twoRe - twoSideRe, twoIm - twoSideIm, cos[w + 2]!, sin[w + 2]!)
      put(to, o + 4 * stride, oneRe - oneSideRe, oneIm - oneSideIm, cos[w + 3]!, sin[w + 3]!)
    }
  }
}

/** Writes re + i·im, turned by the twiddle e^(−iφ). */
function put(to: Complex, at: number, re: number, im: number, cos: number, sin: number): void {
  to.re[at] = re * cos + im * sin
  to.im[at] = im * cos - re * sin
}
