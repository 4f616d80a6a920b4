import type { MixedRadixFft } from '../../../dsp/mixed-radix-fft.js'
import { PulseTrain } from '../../../dsp/pulse-train.js'
import { BINS, HIGHEST_HARMONIC, HOP, LOWEST_PITCH, SAMPLE_RATE, WINDOW } from './spectra.js'

/** What excites the voice: the spectra of a pulse train that follows the pitch, some frames at a time. */
export class Excitation {
  readonly #fft: MixedRadixFft
  readonly #window: Float64Array
  readonly #pulses: PulseTrain
  /** Samples of the whole train. */
  readonly #length: number
  readonly #most: number
  /** Pulses from half a window before the next frame on. */
  readonly #samples: Float64Array
  readonly #weighted = new Float64Array(WINDOW)
  #frame = 0
  /** Filled part of `#samples`. */
  #filled = 0

  /**
   * @param f0 Hz, one value a frame
   * @param window of {@link WINDOW} samples
   * @param most frames at a time
   */
  constructor(f0: Float32Array, fft: MixedRadixFft, window: Float64Array, most: number) {
    this.#fft = fft
    this.#window = window
    this.#length = f0.length * HOP
    this.#most = most
    this.#samples = new Float64Array(WINDOW + (most - 1) * HOP)
    this.#pulses = new PulseTrain(f0, {
      sampleRate: SAMPLE_RATE,
      hop: HOP,
      lowest: LOWEST_PITCH,
      highest: HIGHEST_HARMONIC,
    })
  }

  /**
   * Writes E of the next `count` frames, as [count, BINS]. A frame without pulses is zero.
   * @param count no more than the constructor's `most`
   */
  next(count: number, real: Float64Array, imaginary: Float64Array): void {
    this.#render()
    for (let t = 0; t < count; t++) {
      if (this.#weigh(t * HOP)) this.#fft.forward(this.#weighted, 0, real, imaginary, t * BINS)
      else {
        real.fill(0, t * BINS, (t + 1) * BINS)
        imaginary.fill(0, t * BINS, (t + 1) * BINS)
      }
    }
    this.#frame += count
    this.#samples.copyWithin(0, count * HOP, this.#filled)
    this.#filled -= count * HOP
  }

  /** @returns whether there is anything under the window; divides by the hop on the way */
  #weigh(start: number): boolean {
    let sounds = false
    for (let n = 0; n < WINDOW; n++) {
      const pulse = this.#samples[start + n]!
      sounds ||= pulse !== 0
      this.#weighted[n] = (pulse * this.#window[n]!) / HOP
    }
    return sounds
  }

  /** Fills the samples; the train is mirrored at its two ends. */
  #render(): void {
    const samples = this.#samples
    const half = WINDOW / 2
    if (this.#frame === 0) {
      const rendered = Math.min(this.#length, half + (this.#most - 1) * HOP)
      this.#pulses.render(samples, half, rendered)
      for (let n = 1; n <= half && n < rendered; n++) samples[half - n] = samples[half + n]!
      this.#filled = half + rendered
    } else {
      const position = this.#frame * HOP - half + this.#filled
      const missing = Math.max(0, Math.min(samples.length - this.#filled, this.#length - position))
      this.#pulses.render(samples, this.#filled, missing)
      this.#filled += missing
    }
    const end = this.#filled
    for (let n = end; n < samples.length; n++)
      samples[n] = 2 * (end - 1) - n >= 0 ? samples[2 * (end - 1) - n]! : 0
  }
}
