import { InputError } from '../../../errors.js'
import { joinSamples } from '../../../pipeline/join-samples.js'
import type { RecordingTreatment } from '../expression-stage.js'
import { LAM_SAMPLE_RATE } from './contract.js'
import type { LamStream, RunWindow } from './lam-stream.js'
import { referenceRecording, type RecordingDraws } from './reference-recording.js'
import { matrixOf, rowsOf } from './rows.js'
import { frameVolumes } from './volume.js'

/** Seconds of the longest recording: it is held whole. */
export const LONGEST_RECORDING = 600
/**
 * Seconds that the network hears at once. The original hears a recording of any length at once, for which its attention
 * takes memory that grows with the square of the length; up to here the two are the same.
 */
const LONGEST_RUN = 30
/** Samples that the network's front end needs to begin with. */
const SHORTEST_RUN = 400

/** The network on a whole recording, as it was published: nothing leaves before the end of the sound. */
export class RecordingStream implements LamStream {
  readonly #run: RunWindow
  readonly #treatment: RecordingTreatment
  readonly #draws: RecordingDraws
  readonly #pieces: Float32Array[] = []
  #samples = 0

  constructor(run: RunWindow, treatment: RecordingTreatment, draws: RecordingDraws) {
    this.#run = run
    this.#treatment = treatment
    this.#draws = draws
  }

  // eslint-disable-next-line @typescript-eslint/require-await, require-yield -- has nothing to say before the end
  async *process(samples: Float32Array): AsyncGenerator<Float32Array<ArrayBuffer>> {
    this.#samples += samples.length
    if (this.#samples > LONGEST_RECORDING * LAM_SAMPLE_RATE) {
      throw new InputError(`The recording is longer than ${LONGEST_RECORDING} s, which is the most.`)
    }
    this.#pieces.push(samples.slice())
  }

  async *flush(): AsyncGenerator<Float32Array<ArrayBuffer>> {
    if (this.#samples === 0) return
    const sound = joinSamples(this.#pieces.splice(0))
    const rows: Float32Array[] = []
    for (let start = 0; start < sound.length; start += LONGEST_RUN * LAM_SAMPLE_RATE) {
      const heard = sound.subarray(start, start + LONGEST_RUN * LAM_SAMPLE_RATE)
      const window = new Float32Array(Math.max(SHORTEST_RUN, heard.length))
      window.set(heard)
      rows.push(...rowsOf(await this.#run(window)))
      // A step without rows: others have their turn, and the signal is looked at.
      yield new Float32Array(0)
    }
    yield matrixOf(
      referenceRecording(rows, frameVolumes(sound, LAM_SAMPLE_RATE), this.#treatment, this.#draws),
    )
  }
}
