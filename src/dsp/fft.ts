/**
 * Fourier transform of real input, for power spectra. Size, twiddles and work space are fixed at construction, so
 * that a call allocates nothing.
 *
 * The `size` real samples are packed as `size / 2` complex ones, transformed by an iterative radix-2 FFT
 * (Cooley–Tukey, decimation in time) and unpacked by the split formula for real input. Arithmetic is in double
 * precision: the result differs from an exact one by about 1e-15 of the largest bin.
 */
export class RealFft {
  /** Number of real input samples. */
  readonly size: number
  /** Number of output bins, `size / 2 + 1`: 0 Hz up to and including half the sample rate. */
  readonly bins: number
  readonly #half: number
  readonly #real: Float64Array
  readonly #imaginary: Float64Array
  readonly #order: Uint32Array
  /** cos and −sin of 2πk / size, for k < size / 2. */
  readonly #cos: Float64Array
  readonly #sin: Float64Array

  /**
   * @param size a power of two, at least 4
   * @throws RangeError when it is not
   */
  constructor(size: number) {
    if (!Number.isInteger(Math.log2(size)) || size < 4) {
      throw new RangeError(`Expected the FFT's size to be a power of two of at least 4, got ${size}`)
    }
    this.size = size
    this.bins = size / 2 + 1
    this.#half = size / 2
    this.#real = new Float64Array(this.#half)
    this.#imaginary = new Float64Array(this.#half)
    this.#order = bitReversal(this.#half)
    this.#cos = Float64Array.from({ length: this.#half }, (_, k) => Math.cos((2 * Math.PI * k) / size))
    this.#sin = Float64Array.from({ length: this.#half }, (_, k) => -Math.sin((2 * Math.PI * k) / size))
  }

  /**
   * Writes |X(k)|², without any scaling, for k = 0 … size / 2.
   *
   * @param input `size` samples; a shorter array counts as padded with zeros
   * @param power `bins` values
   */
  powerSpectrum(input: ArrayLike<number>, power: Float64Array): void {
    this.#load(input)
    this.#transform()
    const [re, im, half] = [this.#real, this.#imaginary, this.#half]
    power[0] = (re[0]! + im[0]!) ** 2
    power[half] = (re[0]! - im[0]!) ** 2
    for (let k = 1, m = half - 1; k <= m; k++, m--) {
      // Even and odd samples' spectra, from the packed spectrum at k and its mirror at half − k.
      const evenRe = (re[k]! + re[m]!) / 2
      const evenIm = (im[k]! - im[m]!) / 2
      const oddRe = (im[k]! + im[m]!) / 2
      const oddIm = (re[m]! - re[k]!) / 2
      const turnedRe = oddRe * this.#cos[k]! - oddIm * this.#sin[k]!
      const turnedIm = oddRe * this.#sin[k]! + oddIm * this.#cos[k]!
      power[k] = (evenRe + turnedRe) ** 2 + (evenIm + turnedIm) ** 2
      power[m] = (evenRe - turnedRe) ** 2 + (evenIm - turnedIm) ** 2
    }
  }

  /** Packs samples 2n and 2n + 1 as one complex sample, in bit-reversed order. */
  #load(input: ArrayLike<number>): void {
    for (let n = 0; n < this.#half; n++) {
      const slot = this.#order[n]!
      this.#real[slot] = 2 * n < input.length ? input[2 * n]! : 0
      this.#imaginary[slot] = 2 * n + 1 < input.length ? input[2 * n + 1]! : 0
    }
  }

  #transform(): void {
    const [re, im, half] = [this.#real, this.#imaginary, this.#half]
    for (let span = 1; span < half; span *= 2) {
      const stride = half / span
      for (let offset = 0; offset < span; offset++) {
        const cos = this.#cos[offset * stride]!
        const sin = this.#sin[offset * stride]!
        for (let low = offset; low < half; low += 2 * span) {
          const high = low + span
          const turnedRe = re[high]! * cos - im[high]! * sin
          const turnedIm = re[high]! * sin + im[high]! * cos
          re[high] = re[low]! - turnedRe
          im[high] = im[low]! - turnedIm
          re[low]! += turnedRe
          im[low]! += turnedIm
        }
      }
    }
  }
}

/** Where each of `size` samples goes before the first butterfly. */
function bitReversal(size: number): Uint32Array {
  const order = new Uint32Array(size)
  for (let i = 1; i < size; i++) order[i] = (order[i >> 1]! >> 1) | (i & 1 ? size >> 1 : 0)
  return order
}
