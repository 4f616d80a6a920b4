import { BANDS, FRAME_HOP } from './echo-bands.js'
import { HEARING_SAMPLE_RATE } from './rates.js'

/** Frames after which a step counts a third as much: 1.5 s of sound decide. */
const MEMORY = Math.exp(-FRAME_HOP / HEARING_SAMPLE_RATE / 1.5)
/** Part of a frame in the mean level of a band: what stays the same for about a second says nothing of the delay. */
const MEAN_PART = FRAME_HOP / HEARING_SAMPLE_RATE
/** Power of a band below which it counts as silent: white noise of about -70 dB of full scale. */
const SILENT_POWER = 1e-4
/** Frames before any delay is believed: half a second. */
const FIRST_FRAMES = 32
/** Correlation from which a delay is believed. Sounds that have nothing to do with each other stay below 0.25. */
const BELIEVED = 0.35

/**
 * Finds how much later the microphone hears what is played: the delay at which the ups and downs of all bands'
 * logarithmic power correlate best.
 */
export class EchoDelay {
  readonly #delays: number
  readonly #microphone = new LevelChanges()
  readonly #played = new LevelChanges()
  /** Changes of the last played frames; frame i is in row i % delays. */
  readonly #rows: Float64Array
  #frame = 0
  #microphonePower = 0
  readonly #playedPower: Float64Array
  readonly #product: Float64Array
  #best: number | undefined

  /** @param delays frames of delay that are looked at, from 0 on */
  constructor(delays: number) {
    this.#delays = delays
    this.#rows = new Float64Array(delays * BANDS)
    this.#playedPower = new Float64Array(delays)
    this.#product = new Float64Array(delays)
  }

  /** The delay in frames, or undefined while none stands out. */
  get best(): number | undefined {
    return this.#best
  }

  /** Takes the powers of the next frame: what is heard, and what is played at the earliest of the delays. */
  next(heard: Float64Array, played: Float64Array): void {
    const changes = this.#microphone.next(heard)
    this.#rows.set(this.#played.next(played), (this.#frame % this.#delays) * BANDS)
    this.#microphonePower = MEMORY * this.#microphonePower + product(changes, 0, changes)
    let highest = BELIEVED
    for (let delay = 0; delay < this.#delays; delay++) {
      const row = (((this.#frame - delay + this.#delays) % this.#delays) * BANDS) | 0
      this.#playedPower[delay] = MEMORY * this.#playedPower[delay]! + product(this.#rows, row, this.#rows)
      this.#product[delay] = MEMORY * this.#product[delay]! + product(this.#rows, row, changes)
      const scale = Math.sqrt(this.#microphonePower * this.#playedPower[delay]!)
      const correlation = scale > 0 ? this.#product[delay]! / scale : 0
      if (correlation > highest && this.#frame >= FIRST_FRAMES) {
        highest = correlation
        this.#best = delay
      }
    }
    this.#frame++
  }
}

/** How far the bands of a frame are above or below their mean level. */
class LevelChanges {
  readonly #mean = new Float64Array(BANDS)
  readonly #changes = new Float64Array(BANDS)
  #frames = 0

  next(powers: Float64Array): Float64Array {
    const part = Math.max(MEAN_PART, 1 / ++this.#frames)
    for (let band = 0; band < BANDS; band++) {
      const level = Math.log(powers[band]! + SILENT_POWER)
      this.#changes[band] = level - this.#mean[band]!
      this.#mean[band]! += part * this.#changes[band]!
    }
    return this.#changes
  }
}

/** Scalar product of the bands in a row of `a` with those in a row, or the one row, of `b`. */
function product(a: Float64Array, aRow: number, b: Float64Array): number {
  const bRow = b.length === BANDS ? 0 : aRow
  let sum = 0
  for (let band = 0; band < BANDS; band++) sum += a[aRow + band]! * b[bRow + band]!
  return sum
}
