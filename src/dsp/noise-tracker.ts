/** The power over the noise, 10 dB, that a bin with a voice in it is expected to have, and its Wiener gain. */
const VOICE_RATIO = 10
const VOICE_GAIN = VOICE_RATIO / (1 + VOICE_RATIO)
/** How much of the noise stays from frame to frame. */
const NOISE_MEMORY = 0.8
/** How much of the mean probability of a voice stays; above the limit it is not believed, so that nothing gets stuck. */
const VOICE_MEMORY = 0.9
const MOST_VOICE = 0.99
/** Of the first frames, the fifth that is quietest in a bin; and a factor to the mean of noise, cautious by half. */
const QUIET_PART = 0.2
const QUIET_TO_MEAN = 2
const SILENT = 1e-9

/**
 * The power of background noise under a voice, bin by bin and frame by frame: Gerkmann and Hendriks, "Unbiased
 * MMSE-based noise power estimation with low complexity and low tracking delay", IEEE TASLP 20 (4), 2012.
 *
 * With p the probability of a voice in a bin, whose a-priori ratio to the noise ξ is fixed, and equal priors:
 * p = 1 / (1 + (1 + ξ) exp(−|y|² / N · ξ / (1 + ξ))); N ← 0.8 N + 0.2 (p N + (1 − p) |y|²). The paper has ξ = 15 dB;
 * 10 dB follows backgrounds that change better. The constants are for frames 16 ms apart.
 */
export class NoiseTracker {
  /** Power of the noise. */
  readonly noise: Float64Array
  readonly #voice: Float64Array

  constructor(bins: number) {
    this.noise = new Float64Array(bins)
    this.#voice = new Float64Array(bins).fill(0.5)
  }

  /**
   * Begins with what is quietest in some first frames; those of digital silence say nothing.
   * @param power |y|² of frame after frame
   */
  begin(power: Float32Array): void {
    const { noise } = this
    const frames = power.length / noise.length
    const column = new Float32Array(frames)
    for (let k = 0; k < noise.length; k++) {
      let count = 0
      for (let t = 0; t < frames; t++) {
        const value = power[t * noise.length + k]!
        if (value > SILENT) column[count++] = value
      }
      column.subarray(0, count).sort()
      noise[k] = count === 0 ? 0 : column[Math.floor(count * QUIET_PART)]! * QUIET_TO_MEAN
    }
  }

  /** Follows one frame. @param power |y|² of the bins, from `at` on */
  update(power: Float32Array, at: number): void {
    const [noise, voice] = [this.noise, this.#voice]
    for (let k = 0; k < noise.length; k++) {
      const value = power[at + k]!
      // Sound that was cut out is no sign that the room has gone quiet.
      if (value <= SILENT) continue
      const before = noise[k]! > 0 ? noise[k]! : value
      let probability = 1 / (1 + (1 + VOICE_RATIO) * Math.exp((-value / before) * VOICE_GAIN))
      voice[k] = VOICE_MEMORY * voice[k]! + (1 - VOICE_MEMORY) * probability
      if (voice[k]! > MOST_VOICE) probability = Math.min(probability, MOST_VOICE)
      const seen = probability * before + (1 - probability) * value
      noise[k] = NOISE_MEMORY * before + (1 - NOISE_MEMORY) * seen
    }
  }
}
