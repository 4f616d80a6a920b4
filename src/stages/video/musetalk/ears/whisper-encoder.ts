import { WHISPER_BANDS, WHISPER_FRAMES, type WhisperMel } from '../../../../dsp/whisper-mel.js'
import type { OrtSession } from '../../../../runtime/program.js'
import { dataOf } from '../../../../runtime/tensor.js'
import { WHISPER_STATES } from '../contract.js'

/** Rows of states that come of 30 s. */
export const SEGMENT_ROWS = WHISPER_FRAMES / 2

/** Whisper's encoder: up to 30 s of sound to its states. */
export class WhisperEncoder {
  readonly #graph: OrtSession
  /** Values of a state. */
  readonly width: number
  /** Serves one run after the other: the runtime makes one step at a time. */
  readonly #mel = new Float32Array(WHISPER_BANDS * WHISPER_FRAMES)

  constructor(graph: OrtSession, width: number) {
    this.#graph = graph
    this.width = width
  }

  /** Values of a row of states. */
  get rowValues(): number {
    return WHISPER_STATES * this.width
  }

  /** @returns `[1500, 5, width]` */
  async encode(sound: WhisperMel): Promise<Float32Array> {
    const mel = { data: sound.read(this.#mel), dims: [1, WHISPER_BANDS, WHISPER_FRAMES] }
    const { states } = await this.#graph.run({ mel }, ['states'])
    return dataOf(states, 'float32')
  }
}
