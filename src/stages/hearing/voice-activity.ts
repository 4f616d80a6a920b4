import type { OrtSession } from '../../runtime/program.js'
import { dataOf } from '../../runtime/tensor.js'
import { HEARING_SAMPLE_RATE, HOP_SAMPLES } from './rates.js'

/** Samples before a hop that the model sees again; without them its probabilities are useless. */
const CONTEXT_SAMPLES = 64
/** Two layers, one stream, 128 numbers each. */
const STATE_DIMS = [2, 1, 128] as const
const STATE_SIZE = 2 * 128

/** The voice model on one stream of sound: Silero VAD, which keeps its memory between hops. */
export class VoiceActivity {
  readonly #graph: OrtSession
  readonly #input = new Float32Array(CONTEXT_SAMPLES + HOP_SAMPLES)
  readonly #state = new Float32Array(STATE_SIZE)
  readonly #feeds

  /** @param graph inputs `input` float32 [1, 576], `state` float32 [2, 1, 128], `sr` int64 */
  constructor(graph: OrtSession) {
    this.#graph = graph
    this.#feeds = {
      input: { data: this.#input, dims: [1, this.#input.length] },
      state: { data: this.#state, dims: STATE_DIMS },
      sr: { data: BigInt64Array.of(BigInt(HEARING_SAMPLE_RATE)), dims: [] },
    }
  }

  /**
   * @param hop the next 512 samples at 16 kHz, in [-1, 1]
   * @returns the probability of a voice in them, 0 to 1
   */
  async probability(hop: Float32Array): Promise<number> {
    this.#input.copyWithin(0, HOP_SAMPLES)
    this.#input.set(hop, CONTEXT_SAMPLES)
    const { output, stateN } = await this.#graph.run(this.#feeds, ['output', 'stateN'])
    this.#state.set(dataOf(stateN, 'float32'))
    return dataOf(output, 'float32')[0]!
  }

  /** Forgets what was heard: the next hop begins a stream. */
  reset(): void {
    this.#input.fill(0)
    this.#state.fill(0)
  }
}
