import { medianOf, slidingMedian } from './median.js'
import type { SpectralFilter, Spectrum } from './spectral-stream.js'

export interface SteadyToneOptions {
  readonly bins: number
  /** Frames to each side over which a tone must last. */
  readonly lasting: number
  /** Bins to each side above whose median a tone must stand out. */
  readonly width: number
  /** Frames to each side in which the sound's pauses are looked for. */
  readonly pauses: number
}

/** A tone counts from this many times the level of what surrounds it, and fully from twice that. */
const STANDS_OUT = 1.5
/** A tone is not lowered further than this: −20 dB. */
const LEAST_GAIN = 0.1
/** Power of the tones taken for one in the sustained part of a note that fades. */
const POWER_MARGIN = 1.4
/** The part of the frames that are pauses of the voice, and how much louder than in those the tones may be elsewhere. */
const PAUSES = 0.1
const PAUSE_MARGIN = 4
/** Power of a bin that is digital silence. */
const SILENT = 1e-9

/**
 * Takes out tones that last, such as chords, organ pipes and mains hum, and leaves a voice, whose pitch is never still.
 *
 * - In each bin the median of the magnitude over time is what lasts there (FitzGerald, "Harmonic/percussive separation
 *   using median filtering", DAFx 2010). Of that, only what stands out among its neighbours is a tone, so that a
 *   vowel's broad formants are kept.
 * - A background is heard when nobody speaks: tones are held against those of the quietest tenth of the frames around,
 *   and what is more than 6 dB above them is the voice's. A voice that speaks in silence is hardly touched.
 * - The tones' power is subtracted (Boll, 1979): gain = √(1 − tones / power).
 *
 * The bins must be narrow, a few hertz, for a voice's harmonics to smear. It looks ahead by `lasting + pauses` frames.
 */
export class SteadyToneFilter implements SpectralFilter {
  readonly #options: SteadyToneOptions
  /** Frames by time, in rings: spectra, magnitudes, the power of tones and its sum over the bins. */
  readonly #slots: number
  readonly #re: Float32Array
  readonly #im: Float32Array
  readonly #magnitude: Float32Array
  readonly #tones: Float32Array
  readonly #toneSums: Float64Array
  readonly #isSilent: Uint8Array
  readonly #lasting: Float32Array
  readonly #around: Float32Array
  readonly #column: Float32Array
  readonly #window: Float32Array
  readonly #ranked: Float64Array
  #taken = 0
  #measured = 0
  #given = 0

  constructor(options: SteadyToneOptions) {
    const { bins, lasting, width, pauses } = options
    this.#options = options
    this.#slots = 2 * (lasting + pauses) + 2
    const size = this.#slots * bins
    this.#re = new Float32Array(size)
    this.#im = new Float32Array(size)
    this.#magnitude = new Float32Array(size)
    this.#tones = new Float32Array(size)
    this.#toneSums = new Float64Array(this.#slots)
    this.#isSilent = new Uint8Array(this.#slots)
    this.#lasting = new Float32Array(bins)
    this.#around = new Float32Array(bins)
    this.#column = new Float32Array(2 * lasting + 1)
    this.#window = new Float32Array(2 * width + 1)
    this.#ranked = new Float64Array(2 * pauses + 1)
  }

  next(input: Spectrum | undefined, output: Spectrum): boolean {
    const { lasting, pauses } = this.#options
    if (input !== undefined) this.#take(input)
    const isOver = input === undefined
    while (this.#measured < this.#taken - (isOver ? 0 : lasting)) this.#measure(this.#measured++)
    const isReady = this.#given < this.#measured - (isOver ? 0 : pauses)
    if (isReady) this.#give(this.#given++, output)
    return isReady
  }

  #take({ re, im }: Spectrum): void {
    const { bins } = this.#options
    const slot = this.#taken++ % this.#slots
    const at = slot * bins
    this.#re.set(re, at)
    this.#im.set(im, at)
    let power = 0
    for (let k = 0; k < bins; k++) {
      const square = re[k]! * re[k]! + im[k]! * im[k]!
      this.#magnitude[at + k] = Math.sqrt(square)
      power += square
    }
    this.#isSilent[slot] = power < SILENT * bins ? 1 : 0
  }

  /** Finds the tones of a frame: what lasts in a bin and stands out among the bins around. */
  #measure(frame: number): void {
    const { bins, lasting, width } = this.#options
    const first = Math.max(0, frame - lasting)
    const last = Math.min(this.#taken - 1, frame + lasting)
    for (let k = 0; k < bins; k++) {
      for (let t = first; t <= last; t++) this.#column[t - first] = this.#magnitude[this.#at(t) + k]!
      this.#lasting[k] = medianOf(this.#column, last - first + 1)
    }
    slidingMedian(this.#lasting, width, this.#around, this.#window)
    const at = this.#at(frame)
    let sum = 0
    for (let k = 0; k < bins; k++) {
      const level = this.#lasting[k]!
      const prominence = level / (this.#around[k]! + SILENT) / STANDS_OUT - 1
      const tone = level * level * POWER_MARGIN * Math.min(1, Math.max(0, prominence))
      this.#tones[at + k] = tone
      sum += tone
    }
    this.#toneSums[frame % this.#slots] = sum
  }

  #give(frame: number, { re, im }: Spectrum): void {
    const { bins } = this.#options
    const share = this.#backgroundShare(frame)
    const at = this.#at(frame)
    for (let k = 0; k < bins; k++) {
      const power = this.#magnitude[at + k]! ** 2 + SILENT
      const gain = Math.max(LEAST_GAIN, Math.sqrt(Math.max(0, 1 - (share * this.#tones[at + k]!) / power)))
      re[k] = this.#re[at + k]! * gain
      im[k] = this.#im[at + k]! * gain
    }
  }

  /** The part of a frame's tones, 0 to 1, that the pauses around it know. Digital silence is no pause of a voice. */
  #backgroundShare(frame: number): number {
    const { pauses } = this.#options
    let count = 0
    const last = Math.min(this.#measured - 1, frame + pauses)
    for (let t = Math.max(0, frame - pauses); t <= last; t++) {
      if (this.#isSilent[t % this.#slots] === 0) this.#ranked[count++] = this.#toneSums[t % this.#slots]!
    }
    if (count === 0) return 0
    const ranked = this.#ranked.subarray(0, count).sort()
    const known = ranked[Math.floor(count * PAUSES)]! * PAUSE_MARGIN
    return Math.min(1, known / (this.#toneSums[frame % this.#slots]! + SILENT))
  }

  #at(frame: number): number {
    return (frame % this.#slots) * this.#options.bins
  }
}
