import { LogMelStream } from '../../../dsp/mel-stream.js'
import { Resampler } from '../../../dsp/resample.js'
import { defineProgram, type OrtSession } from '../../../runtime/program.js'
import { dataOf } from '../../../runtime/tensor.js'
import type { VisemeNetwork } from './contract.js'
import { SpeechGate } from './speech-gate.js'

export interface VisemeInit {
  /** Hz of the samples that follow. */
  readonly sampleRate: number
}

/**
 * The step loop of the viseme network: samples in; channel curves out, [rows, channels] at the network's frame rate.
 * Row k is the face at (k + 0.5) / frameRate: the look-ahead is undone by leaving out the first rows and feeding
 * silence at the end.
 */
export default defineProgram(async (context, network: VisemeNetwork) => {
  const graph = await context.createSession(network.file)
  return {
    open: ({ sampleRate }: VisemeInit) => {
      const { sampleRate: wanted } = network.frontEnd
      const resampler = sampleRate === wanted ? undefined : new Resampler(sampleRate, wanted)
      const mel = new LogMelStream(network.frontEnd)
      const recurrence = new Recurrence(graph, network)
      return {
        process: (samples: Float32Array) =>
          recurrence.steps(mel.process(resampler?.process(samples) ?? samples)),
        flush() {
          const rest = resampler === undefined ? [] : mel.process(resampler.flush())
          const silence = network.lookaheadFrames * network.frontEnd.bands
          const frames = new Float32Array(rest.length + silence).fill(network.silence)
          frames.set(rest)
          return recurrence.steps(frames)
        },
      }
    },
    transfer: (rows) => [rows.buffer],
  }
})

/** Mel frames in one run at the most, 1 s: a run is short, so that a turn can be stopped and others come between. */
const MOST_FRAMES = 100
/** Seconds beyond the look-ahead that the gate stays open after a sound: longer than the closure of a `p`. */
const GATE_HOLD = 0.09

/** The network with its state tensor, from run to run. */
class Recurrence {
  readonly #graph: OrtSession
  readonly #network: VisemeNetwork
  readonly #gate: SpeechGate
  #state: Float32Array
  /** Rows still to be left out: they belong to the time before the start. */
  #early: number

  constructor(graph: OrtSession, network: VisemeNetwork) {
    this.#graph = graph
    this.#network = network
    this.#gate = new SpeechGate(network.frontEnd, GATE_HOLD + network.lookaheadFrames / network.frameRate)
    this.#state = new Float32Array(network.stateSize)
    this.#early = network.lookaheadFrames
  }

  /** @param mel [frames, bands], any number of frames; yields [rows, channels] */
  async *steps(mel: Float32Array): AsyncGenerator<Float32Array<ArrayBuffer>> {
    const most = MOST_FRAMES * this.#network.frontEnd.bands
    for (let at = 0; at < mel.length; at += most) {
      const rows = await this.#step(mel.subarray(at, at + most))
      if (rows.length > 0) yield rows
    }
  }

  async #step(mel: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { stateSize, channels, frontEnd } = this.#network
    const frames = mel.length / frontEnd.bands
    const { weights, next_state } = await this.#graph.run(
      {
        mel: { data: transposed(mel, frames, frontEnd.bands), dims: [1, frontEnd.bands, frames] },
        state: { data: this.#state, dims: [1, stateSize] },
      },
      ['weights', 'next_state'],
    )
    this.#state = dataOf(next_state, 'float32')
    const rows = transposed(dataOf(weights, 'float32'), channels.length, frames)
    this.#closeInSilence(rows, mel)
    const dropped = Math.min(this.#early, frames)
    this.#early -= dropped
    return dropped === 0 ? rows : rows.slice(dropped * channels.length)
  }

  #closeInSilence(rows: Float32Array, mel: Float32Array): void {
    const { channels, frontEnd } = this.#network
    for (let row = 0, at = 0; row < rows.length; row += channels.length, at += frontEnd.bands) {
      const gate = this.#gate.next(mel, at)
      for (let c = 0; c < channels.length; c++) rows[row + c]! *= gate
    }
  }
}

/** [rows, columns] to [columns, rows]. */
function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const output = new Float32Array(matrix.length)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) output[c * rows + r] = matrix[r * columns + c]!
  }
  return output
}
