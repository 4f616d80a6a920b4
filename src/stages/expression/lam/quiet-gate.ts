import { clamp, smoothstep } from '../../../dsp/smooth.js'
import { LAM_FRAME_RATE } from './contract.js'

/** Level over the background noise, in dB, at which speech begins to count and at which it counts fully. */
const BEGINS = 5
const CERTAIN = 12
/** Whatever the noise, nothing is said below this level, in dB of full scale. */
const SILENT = -60
/** The noise is not taken to be louder than this at the start: a voice may begin with the first sample. */
const LOUDEST_FIRST_NOISE = -44
/** Nor quieter than this, ever: behind digital silence a hiss is not speech. */
const QUIETEST_NOISE = -65
/** The estimate of the noise follows the quietest moments at once and otherwise rises by this, in dB a frame. */
const NOISE_RISE = 1.5 / LAM_FRAME_RATE
/** Frames that the gate stays open after a sound: longer than the closure of a `p`. */
const HOLD = 4
/** Frames in which the mouth is let go and taken back. */
const OPENING = 2
const CLOSING = 6

/**
 * Keeps a mouth shut while nothing is said, frame by frame. It hears ahead: a mouth opens before its sound, and is fully
 * free when that comes.
 */
export class QuietGate {
  readonly #ahead: number
  #noise: number | undefined
  #hold = 0
  #gate = 0
  #heard = 0

  /** @param ahead frames that it hears ahead of the one that it tells of */
  constructor(ahead: number) {
    this.#ahead = ahead
  }

  /**
   * Takes the level of the next frame, in dB of full scale.
   *
   * @returns how far the mouth is free in the frame `ahead` before it, 0–1; undefined where that is before the first
   */
  next(level: number): number | undefined {
    const risen = (this.#noise ?? LOUDEST_FIRST_NOISE) + NOISE_RISE
    this.#noise = Math.max(QUIETEST_NOISE, Math.min(level, risen))
    const speech = level < SILENT ? 0 : smoothstep(this.#noise + BEGINS, this.#noise + CERTAIN, level)
    this.#hold = speech > 0 ? this.#ahead + HOLD : Math.max(0, this.#hold - 1)
    const target = this.#hold > 0 ? Math.max(speech, this.#gate) : 0
    this.#gate = clamp(target, this.#gate - 1 / CLOSING, this.#gate + 1 / OPENING)
    this.#heard += 1
    return this.#heard > this.#ahead ? smoothstep(0, 1, this.#gate) : undefined
  }
}
