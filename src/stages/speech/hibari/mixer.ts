import { LookupTable } from '../../../dsp/lookup-table.js'
import { BINS, type Spectra } from './spectra.js'

/** Logarithm of the largest gain. */
const LOUDEST = 7
/** Logarithm of a gain that nobody hears, −120 dB: what is below is left out. */
const INAUDIBLE = -14

/** Entries of a turn of the circle. Read with linear interpolation they are right to 3e-7. */
const TURN = 4096
const QUARTER = TURN / 4
const PER_RADIAN = TURN / (2 * Math.PI)

/** Makes the spectra S of an utterance from their parts: see {@link Spectra}. */
export class Mixer {
  /** Right to 2e-6 of the gain. */
  readonly #gain = new LookupTable(Math.exp, INAUDIBLE, LOUDEST, 256)
  /** The place on the circle of π·tanh θ, from half a turn before zero on: right to 5e-6 radians. */
  readonly #halfTurns = new LookupTable((theta) => (Math.tanh(theta) * TURN) / 2 + TURN, -8, 8, 256)
  /** The sine, and behind it the quarter by which the cosine is ahead. */
  readonly #sine = Float32Array.from({ length: TURN + QUARTER + 1 }, (_, n) =>
    Math.sin((2 * Math.PI * n) / TURN),
  )

  /**
   * Turns the excitation of `count` frames into their spectra, in place.
   *
   * @param frame the first of them
   * @param noise [BINS, count, 2]
   * @param real E, then S, as [count, BINS]; `imaginary` too
   */
  mix(
    { frames, lh, theta, ln, lr, phi }: Spectra,
    frame: number,
    count: number,
    noise: Float32Array,
    real: Float64Array,
    imaginary: Float64Array,
  ): void {
    const gains = this.#gain
    const sine = this.#sine
    let pair = 0
    for (let k = 0; k < BINS; k++) {
      for (let t = 0; t < count; t++) {
        const i = k * frames + frame + t
        const o = t * BINS + k
        const er = real[o]!
        const ei = imaginary[o]!
        let re = 0
        let im = 0
        if ((er !== 0 || ei !== 0) && lh[i]! > INAUDIBLE) {
          const gain = gains.at(lh[i]!)
          const place = this.#halfTurns.at(theta[i]!)
          const cell = place | 0
          const part = place - cell
          const at = cell & (TURN - 1)
          const sin = sine[at]! + part * (sine[at + 1]! - sine[at]!)
          const cos = sine[at + QUARTER]! + part * (sine[at + QUARTER + 1]! - sine[at + QUARTER]!)
          re = gain * (cos * er - sin * ei)
          im = gain * (cos * ei + sin * er)
        }
        if (ln[i]! > INAUDIBLE) {
          const gain = gains.at(ln[i]!)
          re += gain * noise[pair]!
          im += gain * noise[pair + 1]!
        }
        if (lr[i]! > INAUDIBLE) {
          const gain = gains.at(lr[i]!)
          const place = phi[i]! * PER_RADIAN
          const cell = Math.floor(place)
          const part = place - cell
          const at = cell & (TURN - 1)
          re += gain * (sine[at + QUARTER]! + part * (sine[at + QUARTER + 1]! - sine[at + QUARTER]!))
          im += gain * (sine[at]! + part * (sine[at + 1]! - sine[at]!))
        }
        real[o] = re
        imaginary[o] = im
        pair += 2
      }
    }
  }
}
