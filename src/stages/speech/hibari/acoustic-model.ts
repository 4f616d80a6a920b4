import { InferenceError, ModelLoadError } from '../../../errors.js'
import type { OrtSession, ProgramContext } from '../../../runtime/program.js'
import { dataOf } from '../../../runtime/tensor.js'
import { BINS, type Spectra } from './spectra.js'

/** What the acoustic model says of a phrase. */
export interface Acoustics {
  readonly spectra: Spectra
  /**
   * Frames of each id, the zeros at both ends included; their sum is the number of frames. Undefined where the graph
   * keeps them to itself.
   */
  readonly durations: readonly number[] | undefined
}

/** The graph counts durations in units of two frames, 25 ms. */
const FRAMES_PER_UNIT = 2

const SPECTRA = ['lh', 'theta', 'ln', 'lr', 'phi', 'f0'] as const
const DURATIONS = 'durations'

/** Phonemes to spectra. */
export class AcousticModel {
  readonly #graph: OrtSession
  /** Whether it says how long each phoneme lasts. */
  readonly hasDurations: boolean

  private constructor(graph: OrtSession) {
    this.#graph = graph
    this.hasDurations = graph.outputs.some(({ name }) => name === DURATIONS)
  }

  /** @throws ModelLoadError when the graph is not the one that is expected */
  static async load(context: ProgramContext, file: string): Promise<AcousticModel> {
    const graph = await context.createSession(file)
    const missing = SPECTRA.filter((wanted) => !graph.outputs.some(({ name }) => name === wanted))
    if (missing.length > 0) {
      throw new ModelLoadError(
        `${file} is no acoustic model of hibari: it lacks the output ${missing.join(', ')}.`,
      )
    }
    return new AcousticModel(graph)
  }

  /**
   * @param phonemes ids without the zeros at both ends, at most 400
   * @param speed divides durations, 0.5–2
   */
  async run(phonemes: readonly number[], speed: number): Promise<Acoustics> {
    const ids = BigInt64Array.from([0, ...phonemes, 0], BigInt)
    const results = await this.#graph.run({
      ids: { data: ids, dims: [1, ids.length] },
      speed: { data: new Float32Array([speed]), dims: [1] },
    })
    const [lh, theta, ln, lr, phi, f0] = SPECTRA.map((name) => dataOf(results[name]!, 'float32'))
    const frames = f0!.length
    if (lh!.length !== BINS * frames) {
      throw new InferenceError(
        `The acoustic model gives ${lh!.length / frames} bins a frame; ${BINS} were expected.`,
      )
    }
    return {
      spectra: { frames, lh: lh!, theta: theta!, ln: ln!, lr: lr!, phi: phi!, f0: f0! },
      durations: this.hasDurations
        ? Array.from(dataOf(results[DURATIONS]!, 'float32'), (units) => units * FRAMES_PER_UNIT)
        : undefined,
    }
  }
}
