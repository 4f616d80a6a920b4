import { clamp, onePole, smoothstep } from '../../../dsp/smooth.js'
import type { LogMelOptions } from '../../../dsp/mel-stream.js'

/** Level over the background noise, in dB, at which speech begins to count and at which it counts fully. */
const BEGINS = 5
const CERTAIN = 12
/** Whatever the noise, nothing is said below this level, in dB of full scale. */
const SILENT = -64
/** The noise is not taken to be louder than this at the start: a voice may begin with the first sample. */
const LOUDEST_FIRST_NOISE = -44
/** The estimate of the noise follows the quietest moments at once and otherwise rises by this, in dB a second. */
const NOISE_RISE = 1.5
/** Seconds of smoothing of the level: a click is not speech. */
const LEVEL_TIME = 0.02
/** Seconds in which the mouth is let go and taken back. */
const OPENING = 0.05
const CLOSING = 0.12

/**
 * Tells speech from a quiet room, hop by hop, so that a mouth stays shut over breath and noise. It sees each hop as
 * soon as the network does: by the network's look-ahead before the face that belongs to it, which is why it opens in
 * time for the first sound.
 */
export class SpeechGate {
  readonly #bands: number
  readonly #scale: number
  readonly #hop: number
  readonly #holdHops: number
  #level: number | undefined
  #noise = 0
  #hold = 0
  #gate = 0

  /**
   * @param hold seconds that the gate stays open after the last sound: the look-ahead, and a little more so that
   *   the closures within words pass
   */
  constructor({ bands, window, fftSize, hop, sampleRate }: LogMelOptions, hold: number) {
    this.#bands = bands
    // Parseval: the power bins of a frame sum to fftSize / 2 times the window's energy, 3/8 of its length for Hann,
    // times the mean square. The triangles overlap so that each bin counts about once.
    this.#scale = (fftSize / 2) * 0.375 * window
    this.#hop = hop / sampleRate
    this.#holdHops = Math.round(hold / this.#hop)
  }

  /**
   * Takes the next log-mel frame.
   *
   * @param mel frames one after the other
   * @param at where the frame starts
   * @returns how far the mouth is let go, 0–1
   */
  next(mel: Float32Array, at: number): number {
    const level = this.#follow(this.#levelOf(mel, at))
    const speech = level < SILENT ? 0 : smoothstep(this.#noise + BEGINS, this.#noise + CERTAIN, level)
    if (speech > 0) this.#hold = this.#holdHops
    else this.#hold = Math.max(0, this.#hold - 1)
    const target = this.#hold > 0 ? Math.max(speech, this.#gate) : 0
    this.#gate = clamp(target, this.#gate - this.#hop / CLOSING, this.#gate + this.#hop / OPENING)
    return smoothstep(0, 1, this.#gate)
  }

  #follow(level: number): number {
    if (this.#level === undefined) {
      this.#level = level
      this.#noise = Math.min(level, LOUDEST_FIRST_NOISE)
    }
    this.#level += (level - this.#level) * onePole(this.#hop, LEVEL_TIME)
    this.#noise = Math.min(this.#level, this.#noise + NOISE_RISE * this.#hop)
    return this.#level
  }

  /** Level in dB of full scale: 0 for a mean square of 1. */
  #levelOf(mel: Float32Array, at: number): number {
    let power = 0
    for (let band = 0; band < this.#bands; band++) power += Math.exp(mel[at + band]!)
    return 10 * Math.log10(power / this.#scale + 1e-12)
  }
}
