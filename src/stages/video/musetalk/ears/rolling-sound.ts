import { WHISPER_HOP, WHISPER_SAMPLES, WhisperMel } from '../../../../dsp/whisper-mel.js'
import { ROWS_PER_FRAME } from '../contract.js'
import { SAMPLES_PER_ROW } from './hops.js'
import { SEGMENT_ROWS } from './whisper-encoder.js'

/** Root mean square below which a row counts as silent: −60 dB of full scale, below any voice that can be heard. */
const SILENT = 0.001

/** The last up to 30 s of an utterance: their spectrogram, and where they are silent. Rows are those of the utterance. */
export class RollingSound {
  readonly mel = new WhisperMel()
  /** Sum of the squares of each row of the segment. */
  readonly #energy = new Float32Array(SEGMENT_ROWS)
  #origin = 0

  /** The row at which the segment begins. */
  get origin(): number {
    return this.#origin
  }

  /** Takes the next samples. The segment must have room for them. */
  append(samples: Float32Array): void {
    const at = this.mel.length
    this.mel.append(samples)
    for (let i = 0; i < samples.length; i++) {
      this.#energy[Math.floor((at + i) / SAMPLES_PER_ROW)]! += samples[i]! * samples[i]!
    }
  }

  /** Whether the segment holds the utterance up to a sample, counted from its beginning. */
  holds(sample: number): boolean {
    return sample - this.#origin * SAMPLES_PER_ROW <= WHISPER_SAMPLES
  }

  /** Forgets what is before a row. */
  moveTo(row: number): void {
    const rows = row - this.#origin
    this.mel.discard((rows * SAMPLES_PER_ROW) / WHISPER_HOP)
    this.#energy.copyWithin(0, rows)
    this.#energy.fill(0, SEGMENT_ROWS - rows)
    this.#origin = row
  }

  /** Whether a frame that sees rows from `first` on hears nothing. What lies outside of the segment is silent. */
  isSilent(first: number): boolean {
    const from = Math.max(0, first - this.#origin)
    const to = Math.min(SEGMENT_ROWS, first + ROWS_PER_FRAME - this.#origin)
    for (let row = from; row < to; row++) {
      if (this.#energy[row]! > SILENT * SILENT * SAMPLES_PER_ROW) return false
    }
    return true
  }
}
