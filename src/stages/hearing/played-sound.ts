import { Resampler } from '../../dsp/resample.js'
import { MICROSECONDS_PER_SECOND, type Microseconds } from '../../pipeline/time.js'
import { HEARING_SAMPLE_RATE } from './rates.js'

/** How far ahead of the microphone sound may be announced, in seconds. */
export const LONGEST_ANNOUNCEMENT_SECONDS = 4
/** How long sound is kept after it was played: longer than its echo takes to come back. */
const KEPT_SAMPLES = HEARING_SAMPLE_RATE
const RING_SAMPLES = KEPT_SAMPLES + LONGEST_ANNOUNCEMENT_SECONDS * HEARING_SAMPLE_RATE
/** A chunk that begins within this of the last one's end continues it. */
const SEAM_SAMPLES = 0.02 * HEARING_SAMPLE_RATE

/** What the agent says, laid out along the microphone's time at 16 kHz: the last second and some seconds ahead. */
export class PlayedSound {
  readonly #ring = new Float32Array(RING_SAMPLES)
  /** The microphone's position; nothing before `#now - KEPT_SAMPLES` is kept. */
  #now = 0
  #resampler: Resampler | undefined
  /** Where the next chunk begins if it continues the last one. */
  #next = 0
  /** Samples of the chunks that went into the resampler since it was made, and where the first of them is played. */
  #taken = 0
  #origin = 0
  #made = 0

  /**
   * Lays out sound. Later announcements replace earlier ones for the same time; what lies outside of the kept time is
   * left out.
   *
   * @param samples mono in [-1, 1]
   * @param at when the first of them is played
   */
  announce(samples: Float32Array, sampleRate: number, at: Microseconds): void {
    const start = sampleOf(at)
    const continues = this.#resampler?.from === sampleRate && Math.abs(start - this.#next) <= SEAM_SAMPLES
    if (!continues) {
      this.#resampler = new Resampler(sampleRate, HEARING_SAMPLE_RATE)
      this.#origin = start
      this.#taken = 0
      this.#made = 0
    }
    const output = this.#resampler!.process(samples)
    this.#lay(output, this.#origin + this.#made)
    this.#made += output.length
    this.#taken += samples.length
    this.#next = this.#origin + Math.round((this.#taken * HEARING_SAMPLE_RATE) / sampleRate)
  }

  /** Nothing is played from `at` on: what was announced for later is not heard. */
  quiet(at: Microseconds): void {
    this.#resampler = undefined
    const start = Math.max(sampleOf(at), this.#now - KEPT_SAMPLES)
    this.#clear(start, this.#now - KEPT_SAMPLES + RING_SAMPLES)
  }

  /** The microphone has come to this sample. */
  advance(now: number): void {
    const ahead = now - this.#now
    // The time that ends now becomes the farthest ahead: nothing was announced for it yet.
    if (ahead > 0)
      this.#clear(this.#now - KEPT_SAMPLES, Math.min(now, this.#now + RING_SAMPLES) - KEPT_SAMPLES)
    this.#now = now
  }

  /**
   * Copies sound; where nothing was announced, silence.
   * @returns whether there is any sound in it
   */
  read(from: number, output: Float64Array): boolean {
    let sounds = false
    for (let n = 0; n < output.length; n++) {
      const position = from + n
      const value = this.#keeps(position) ? this.#ring[slot(position)]! : 0
      output[n] = value
      if (value !== 0) sounds = true
    }
    return sounds
  }

  #lay(samples: Float32Array, from: number): void {
    for (let n = 0; n < samples.length; n++) {
      if (this.#keeps(from + n)) this.#ring[slot(from + n)] = samples[n]!
    }
  }

  #clear(from: number, to: number): void {
    for (let position = from; position < to; position++) this.#ring[slot(position)] = 0
  }

  #keeps(position: number): boolean {
    const oldest = this.#now - KEPT_SAMPLES
    return position >= oldest && position < oldest + RING_SAMPLES
  }
}

function sampleOf(at: Microseconds): number {
  return Math.round((at * HEARING_SAMPLE_RATE) / MICROSECONDS_PER_SECOND)
}

function slot(position: number): number {
  const rest = position % RING_SAMPLES
  return rest < 0 ? rest + RING_SAMPLES : rest
}
