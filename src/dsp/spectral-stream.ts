import { MixedRadixFft } from './mixed-radix-fft.js'
import { OverlapAdd } from './overlap-add.js'
import { hannWindow } from './window.js'

/** The bins of one frame, 0 Hz to half the sample rate. */
export interface Spectrum {
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Changes a stream frame by frame, and may look ahead. */
export interface SpectralFilter {
  /**
   * Takes the next frame and writes the changed one that it has the look-ahead for.
   * @param input undefined after the last frame; as often as frames are still to come
   * @returns whether a frame was written: never more of them than were taken
   */
  next(input: Spectrum | undefined, output: Spectrum): boolean
}

/**
 * A stream of samples through a filter of its short-time spectra: Hann windows both ways, frame t around sample t · hop.
 * As many samples come out as go in, later by half a window and the filter's look-ahead.
 */
export class SpectralStream {
  readonly #filter: SpectralFilter
  readonly #fft: MixedRadixFft
  readonly #window: Float64Array
  readonly #hop: number
  readonly #overlap: OverlapAdd
  /** The samples under the next frame's window; those from `filled` on are still to come. */
  readonly #recent: Float64Array
  #filled: number
  readonly #frame: Float64Array
  readonly #input: Spectrum
  readonly #output: Spectrum
  #taken = 0
  #given = 0

  /**
   * @param size samples of the window: even, a product of 2, 3 and 5
   * @param hop samples between frames; half the window is a multiple of it
   */
  constructor(size: number, hop: number, filter: SpectralFilter) {
    this.#filter = filter
    this.#fft = new MixedRadixFft(size)
    this.#window = hannWindow(size)
    this.#hop = hop
    this.#overlap = new OverlapAdd(this.#window, hop)
    this.#recent = new Float64Array(size)
    this.#filled = size / 2
    this.#frame = new Float64Array(size)
    this.#input = spectrum(this.#fft.bins)
    this.#output = spectrum(this.#fft.bins)
  }

  /** Takes samples that follow those before; returns what is ready, which may be nothing. */
  process(samples: Float32Array): Float32Array<ArrayBuffer> {
    this.#taken += samples.length
    return this.#through(samples)
  }

  /** The samples that remain; call it once, at the end. */
  flush(): Float32Array<ArrayBuffer> {
    const missing = this.#taken - this.#given
    const output = new Float32Array(missing + this.#hop)
    // Silence moves the last sample through the whole window; then the filter is asked for what it holds back.
    const made = this.#through(new Float32Array(this.#window.length + this.#hop)).subarray(0, missing)
    output.set(made)
    for (let at = made.length; at < missing;) {
      if (!this.#filter.next(undefined, this.#output)) break
      at += this.#give(output, at)
    }
    this.#given = this.#taken
    return output.slice(0, missing)
  }

  #through(samples: Float32Array): Float32Array<ArrayBuffer> {
    const { size } = this.#fft
    const hop = this.#hop
    const most = Math.ceil(samples.length / hop + 1) * hop
    const output = new Float32Array(most)
    let made = 0
    for (let at = 0; at < samples.length;) {
      const count = Math.min(size - this.#filled, samples.length - at)
      this.#recent.set(samples.subarray(at, at + count), this.#filled)
      this.#filled += count
      at += count
      if (this.#filled < size) break
      for (let n = 0; n < size; n++) this.#frame[n] = this.#recent[n]! * this.#window[n]!
      this.#fft.forward(this.#frame, 0, this.#input.re, this.#input.im, 0)
      if (this.#filter.next(this.#input, this.#output)) made += this.#give(output, made)
      this.#recent.copyWithin(0, hop)
      this.#filled -= hop
    }
    this.#given += made
    return output.slice(0, made)
  }

  #give(output: Float32Array, at: number): number {
    this.#fft.inverse(this.#output.re, this.#output.im, 0, this.#frame)
    return this.#overlap.add(this.#frame, output, at)
  }
}

function spectrum(bins: number): Spectrum {
  return { re: new Float64Array(bins), im: new Float64Array(bins) }
}
