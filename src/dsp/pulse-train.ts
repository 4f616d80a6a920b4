/** What a pulse train is made by. */
export interface PulseTrainOptions {
  /** Hz. */
  readonly sampleRate: number
  /** Samples between the values of the pitch track. */
  readonly hop: number
  /** Hz: there are no pulses where the pitch is lower. */
  readonly lowest: number
  /** Hz: no harmonic lies above this. */
  readonly highest: number
}

/** Where the divisor is smaller, the quotient of sines is taken at its limit. */
const NEAR_PULSE = 1e-3

/**
 * A band-limited train of pulses that follows a pitch track: the sum of cos(2πhφ) over all harmonics h ≤ highest / f,
 * each of amplitude 1, in Dirichlet's closed form (sin((H + ½)·2πφ) / sin(πφ) − 1) / 2.
 *
 * The track's value j stands for the middle of its hop; between two values pitch changes linearly, and it stays what it
 * is before the first and after the last. The phase φ runs on through silence, there at the lowest pitch. Samples are
 * made in order; how many at a time makes no difference.
 */
export class PulseTrain {
  readonly #options: PulseTrainOptions
  readonly #track: Float32Array
  #position = 0
  /** Cycles, 0–1. */
  #phase = 0

  /** @param track Hz, one value a hop; anything below `lowest` is silence */
  constructor(track: Float32Array, options: PulseTrainOptions) {
    this.#options = options
    this.#track = track
  }

  /** Writes the next `count` samples to `output` from `at` on. */
  render(output: Float64Array, at: number, count: number): void {
    const { sampleRate, hop, lowest, highest } = this.#options
    const track = this.#track
    const last = track.length - 1
    let phase = this.#phase
    for (let n = 0; n < count; n++) {
      const place = Math.min(last, Math.max(0, (this.#position + n + 0.5) / hop - 0.5))
      const before = Math.min(Math.max(0, last - 1), Math.floor(place))
      const pitch = track[before]! + (place - before) * (track[Math.min(last, before + 1)]! - track[before]!)
      const isVoiced = pitch >= lowest
      phase += (isVoiced ? pitch : lowest) / sampleRate
      if (phase >= 1) phase -= Math.floor(phase)
      output[at + n] = isVoiced ? harmonics(phase, Math.floor(highest / pitch)) : 0
    }
    this.#phase = phase
    this.#position += count
  }
}

/** Σ cos(2πhφ) for h = 1 … count. */
function harmonics(phase: number, count: number): number {
  const divisor = Math.sin(Math.PI * phase)
  if (Math.abs(divisor) < NEAR_PULSE) return count
  return (Math.sin(2 * Math.PI * (count + 0.5) * phase) / divisor - 1) / 2
}
