import { MixedRadixFft } from './mixed-radix-fft.js'
import type { MelFilter } from './mel-filters.js'
import { slaneyMelFilters } from './slaney-mel-filters.js'
import { hannWindow } from './window.js'

/** Samples a second. */
export const WHISPER_SAMPLE_RATE = 16_000
/** Samples in the 30 s that Whisper sees at once. */
export const WHISPER_SAMPLES = 480_000
/** Mel bands, 0 … 8000 Hz. */
export const WHISPER_BANDS = 80
/** Frames in 30 s: one every {@link WHISPER_HOP} samples. */
export const WHISPER_FRAMES = 3000
/** Samples between the middles of frames. */
export const WHISPER_HOP = 160

const WINDOW = 400
const HALF = WINDOW / 2
/** log₁₀ of the smallest power that is told from silence. */
const FLOOR = -10
/** Powers of ten below the loudest value of the 30 s, at which quieter ones are cut. */
const RANGE = 8

/**
 * The log-mel spectrogram that Whisper hears, of up to 30 s of sound padded with silence to 30 s, for sound that
 * arrives piece by piece: `append` transforms only the frames that have become complete, `read` those that the end of
 * the sound still cuts (three at most), and frames of silence cost nothing. Equal to the feature extractor of Hugging
 * Face's transformers within 10⁻⁴.
 *
 * Frame k is the power spectrum of the 400 samples around sample 160·k under a periodic Hann window, summed under 80
 * filters (`slaneyMelFilters`); v = log₁₀ max(power, 10⁻¹⁰); (max(v, loudest − 8) + 4) / 4, where `loudest` is the
 * largest v of the 30 s. Before the first sample, and past the last of 30 s, the sound is mirrored.
 */
export class WhisperMel {
  readonly #fft = new MixedRadixFft(WINDOW)
  readonly #hann = hannWindow(WINDOW)
  readonly #filters: readonly MelFilter[]
  readonly #samples = new Float32Array(WHISPER_SAMPLES)
  readonly #windowed = new Float64Array(WINDOW)
  readonly #real: Float64Array
  readonly #imaginary: Float64Array
  /** v of the frames before `#complete`, and those that the last `read` made: [bands, frames]. */
  readonly #logs = new Float32Array(WHISPER_BANDS * WHISPER_FRAMES)
  /** The largest v of each of these frames. */
  readonly #loudest = new Float32Array(WHISPER_FRAMES)
  #length = 0
  /** Frames that no further sample can change. */
  #complete = 0

  constructor() {
    this.#filters = slaneyMelFilters({
      bands: WHISPER_BANDS,
      fftSize: WINDOW,
      sampleRate: WHISPER_SAMPLE_RATE,
      lowHz: 0,
      highHz: WHISPER_SAMPLE_RATE / 2,
    })
    this.#real = new Float64Array(this.#fft.bins)
    this.#imaginary = new Float64Array(this.#fft.bins)
  }

  /** Samples held. */
  get length(): number {
    return this.#length
  }

  /**
   * Takes the next samples.
   *
   * @param samples 16 kHz, in [−1, 1]
   * @throws RangeError when more than 30 s would be held; nothing is taken then
   */
  append(samples: Float32Array): void {
    if (this.#length + samples.length > WHISPER_SAMPLES) {
      throw new RangeError(
        `Expected at most ${WHISPER_SAMPLES} samples in all, ` +
          `got ${samples.length} more than the ${this.#length} that are held`,
      )
    }
    this.#samples.set(samples, this.#length)
    this.#length += samples.length
    const complete = this.#completeFrames()
    for (let frame = this.#complete; frame < complete; frame++) this.#analyse(frame)
    this.#complete = complete
  }

  /**
   * Writes the spectrogram of what is held, followed by silence.
   *
   * @param out receives [80, 3000] values, band by band
   * @returns `out`
   */
  read(out: Float32Array = new Float32Array(this.#logs.length)): Float32Array {
    const reached = this.#reachedFrames()
    for (let frame = this.#complete; frame < reached; frame++) this.#analyse(frame)
    let loudest = FLOOR
    for (let frame = 0; frame < reached; frame++) loudest = Math.max(loudest, this.#loudest[frame]!)
    const least = loudest - RANGE
    const silence = (Math.max(FLOOR, least) + 4) / 4
    for (let start = 0; start < out.length; start += WHISPER_FRAMES) {
      for (let at = start; at < start + reached; at++) {
        const value = this.#logs[at]!
        out[at] = ((value > least ? value : least) + 4) / 4
      }
      out.fill(silence, start + reached, start + WHISPER_FRAMES)
    }
    return out
  }

  /**
   * Forgets the first samples, so that a window can move along sound of any length. All but the first two frames that
   * remain are kept as they are.
   *
   * @param hops how many times 160 samples; at most as many as are held
   * @throws RangeError when it is no whole number, negative or more than are held
   */
  discard(hops: number): void {
    const count = hops * WHISPER_HOP
    if (!Number.isInteger(hops) || hops < 0 || count > this.#length) {
      throw new RangeError(
        `Expected a whole number of hops from 0 to ${Math.floor(this.#length / WHISPER_HOP)}, got ${hops}`,
      )
    }
    if (hops === 0) return
    const kept = Math.max(0, this.#complete - hops)
    this.#samples.copyWithin(0, count, this.#length)
    this.#length -= count
    this.#loudest.copyWithin(0, hops, this.#complete)
    for (let start = 0; start < this.#logs.length; start += WHISPER_FRAMES) {
      this.#logs.copyWithin(start, start + hops, start + hops + kept)
    }
    // Frames 0 and 1 reach before what is now the first sample.
    const complete = this.#completeFrames()
    for (let frame = 0; frame < Math.min(2, complete); frame++) this.#analyse(frame)
    this.#complete = complete
  }

  /** Forgets everything. */
  clear(): void {
    this.#length = 0
    this.#complete = 0
  }

  /** How many frames have all their samples: frame 0, mirrored, needs sample 200, frame k those before 160·k + 200. */
  #completeFrames(): number {
    if (this.#length === WHISPER_SAMPLES) return WHISPER_FRAMES
    return this.#length <= HALF ? 0 : Math.floor((this.#length - HALF) / WHISPER_HOP) + 1
  }

  /** How many frames hold a sample: the first beyond begins at or after the end. */
  #reachedFrames(): number {
    return this.#length === 0 ? 0 : Math.min(WHISPER_FRAMES, Math.ceil((this.#length + HALF) / WHISPER_HOP))
  }

  #analyse(frame: number): void {
    this.#window(frame * WHISPER_HOP - HALF)
    const [real, imaginary] = [this.#real, this.#imaginary]
    this.#fft.forward(this.#windowed, 0, real, imaginary, 0)
    for (let k = 0; k < real.length; k++) real[k] = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!
    let loudest = FLOOR
    for (let band = 0; band < WHISPER_BANDS; band++) {
      const { firstBin, weights } = this.#filters[band]!
      let power = 0
      for (let i = 0; i < weights.length; i++) power += weights[i]! * real[firstBin + i]!
      const value = Math.max(FLOOR, Math.log10(power))
      this.#logs[band * WHISPER_FRAMES + frame] = value
      if (value > loudest) loudest = value
    }
    this.#loudest[frame] = loudest
  }

  #window(start: number): void {
    const [samples, length] = [this.#samples, this.#length]
    for (let n = 0; n < WINDOW; n++) {
      const at = mirrored(start + n)
      this.#windowed[n] = at < length ? samples[at]! * this.#hann[n]! : 0
    }
  }
}

/** The sample that stands at a place before the first or past the last of 30 s. */
function mirrored(at: number): number {
  if (at < 0) return -at
  return at < WHISPER_SAMPLES ? at : 2 * (WHISPER_SAMPLES - 1) - at
}
