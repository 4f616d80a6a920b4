import { Resampler } from '../../../dsp/resample.js'
import { defineProgram } from '../../../runtime/program.js'
import { dataOf } from '../../../runtime/tensor.js'
import type { RecordingTreatment } from '../expression-stage.js'
import { LAM_SAMPLE_RATE, type LamMode, type LamNetwork } from './contract.js'
import { seededDraws } from './draws.js'
import { RECORDING_HOPS, STREAM_HOPS } from './hops.js'
import type { LamStream, RunWindow } from './lam-stream.js'
import { RealtimeStream } from './realtime-stream.js'
import { RecordingStream } from './recording-stream.js'
import { ReferenceChain } from './reference-chain.js'
import { ReferenceStream } from './reference-stream.js'

export interface LamConfig {
  readonly network: LamNetwork
  /** Threads of a run. */
  readonly threads: number
}

export interface LamInit {
  /** Hz of the samples that follow. */
  readonly sampleRate: number
  /** Style of speaking, from 0. */
  readonly identity: number
  readonly mode: LamMode
  /** The sound is a whole recording. In the mode `reference`, nothing comes before its end; `realtime` hurries less. */
  readonly recording?: RecordingTreatment | undefined
  /** Decides the chance of the mode `reference`; `realtime` leaves blinks to the face. */
  readonly seed: number
}

/** The step loop of LAM-A2E: samples in; weights out, [rows, 52] at 30 a second, as they become final. */
export default defineProgram(async (context, { network, threads }: LamConfig) => {
  // The length is left open: to fix it gains nothing that can be measured, and there are two.
  const graph = await context.createSession(network.file, { threads, dimensions: { batch: 1 } })
  const runAs = (identity: number): RunWindow => {
    const style = new Float32Array(network.identities)
    style[identity] = 1
    return async (samples) => {
      const { weights } = await graph.run(
        {
          audio: { data: samples, dims: [1, samples.length] },
          identity: { data: style, dims: [1, style.length] },
        },
        ['weights'],
      )
      return dataOf(weights, 'float32')
    }
  }
  return {
    open: ({ sampleRate, identity, mode, recording, seed }: LamInit): LamStream => {
      const run = runAs(identity)
      const blinks = seededDraws(seed, 'blinks')
      if (mode === 'realtime') {
        const hops = recording === undefined ? STREAM_HOPS : RECORDING_HOPS
        return atNetworkRate(new RealtimeStream(run, hops), sampleRate)
      }
      if (recording === undefined) return new ReferenceStream(run, new ReferenceChain(blinks), sampleRate)
      const brows = seededDraws(seed, 'brows')
      return atNetworkRate(new RecordingStream(run, recording, { blinks, brows }), sampleRate)
    },
    transfer: (rows) => [rows.buffer],
  }
})

/** A stream that is given samples of another rate. */
function atNetworkRate(stream: LamStream, sampleRate: number): LamStream {
  if (sampleRate === LAM_SAMPLE_RATE) return stream
  const resampler = new Resampler(sampleRate, LAM_SAMPLE_RATE)
  return {
    process: (samples) => stream.process(resampler.process(samples)),
    async *flush() {
      yield* stream.process(resampler.flush())
      yield* stream.flush()
    },
  }
}
