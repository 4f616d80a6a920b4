import { RESAMPLER_DELAY } from '../../../dsp/resample.js'
import { InputError } from '../../../errors.js'
import { framesToMicroseconds, MICROSECONDS_PER_SECOND } from '../../../pipeline/time.js'
import type { ExpressionStage, RecordingTreatment } from '../expression-stage.js'
import { speakingFace, type SpeakingFaceOptions } from '../speaking-face.js'
import { LAM_FRAME_RATE, LAM_SAMPLE_RATE, type LamMode } from './contract.js'
import { lamCurves, type LamEngine } from './curves.js'
import { HEARD_MOUTH } from './heard-mouth.js'
import { framesDue, HELD_BACK, RECORDING_HOPS, STREAM_HOPS, type Hops } from './hops.js'
import type { LamModel } from './model.js'
import { LONGEST_RECORDING } from './recording-stream.js'
import { referenceExpression } from './reference-stage.js'
import { REFERENCE_CHUNK_SECONDS } from './reference-stream.js'

export interface LamExpressionOptions extends SpeakingFaceOptions {
  /** Default `realtime`. */
  readonly mode?: LamMode
  /** Style of speaking, from 0. Default 0. */
  readonly identity?: number
  /**
   * The sound is a whole recording: `reference` treats it as the published model does, and as it is asked to; `realtime`
   * takes longer hops through it. Default: a stream.
   */
  readonly recording?: RecordingTreatment
}

/** Frames by which a quotient of whole numbers may miss one. */
const ROUNDING = 1e-9

/**
 * Speech to the motion of a face by LAM-A2E.
 *
 * `realtime`: mouth, cheeks and brows as the network hears them; lids, gaze, head and emotion as {@link speakingFace}
 * has them. Runs of the network follow one another as `windowEnds` says: the first frames leave when 0.2 s have been
 * heard, later ones at most a second and {@link HELD_BACK} frames after their sound (4.4 s in a recording). The same
 * sound, options and seed give the same motion, however the sound is cut into packets.
 *
 * `reference`: all weights as the published model gives them, 30 a second; only an emotion that is asked for, and the
 * head's sway, are added. In chunks of a second; or, for a `recording` of up to 600 s, all at its end.
 *
 * @throws InputError for an identity that the network does not have, or another frame rate in `reference`
 */
export function lamExpression(
  engine: LamEngine,
  { network }: Pick<LamModel, 'network'>,
  { mode = 'realtime', identity = 0, recording, ...options }: LamExpressionOptions = {},
): ExpressionStage {
  if (!(Number.isInteger(identity) && identity >= 0 && identity < network.identities)) {
    throw new InputError(
      `identity is ${identity}; it must be a whole number from 0 to ${network.identities - 1}.`,
    )
  }
  const { seed = 0 } = options
  const open = (sampleRate: number, signal: AbortSignal): ReturnType<LamEngine['open']> =>
    engine.open({ sampleRate, identity, mode, recording, seed }, { signal })
  if (mode === 'reference') {
    const seconds = recording === undefined ? REFERENCE_CHUNK_SECONDS : LONGEST_RECORDING
    const stage = referenceExpression(open, seconds * MICROSECONDS_PER_SECOND, options)
    const due = (samples: number, rate: number): number => Math.floor(samples / rate) * LAM_FRAME_RATE
    return recording === undefined
      ? { ...stage, framesDue: due }
      : { ...stage, framesDue: () => 0, treatsRecording: true }
  }
  const hops = recording === undefined ? STREAM_HOPS : RECORDING_HOPS
  const stage = speakingFace(
    {
      lookahead:
        framesToMicroseconds(hops.longest + HELD_BACK, LAM_FRAME_RATE) +
        RESAMPLER_DELAY * MICROSECONDS_PER_SECOND,
      curves: async ({ sampleRate }, signal) =>
        lamCurves(await open(sampleRate, signal), (samples) => rowsDue(samples, sampleRate, hops)),
      mouth: () => HEARD_MOUTH,
    },
    options,
  )
  const { fps = LAM_FRAME_RATE } = options
  const due = (samples: number, rate: number): number => rowsDue(samples, rate, hops)
  return { ...stage, framesDue: (samples, rate) => Math.floor((due(samples, rate) * fps) / LAM_FRAME_RATE) }
}

/** Rows of the network that have left when so many samples have been heard. */
function rowsDue(samples: number, sampleRate: number, hops: Hops): number {
  const delay = sampleRate === LAM_SAMPLE_RATE ? 0 : RESAMPLER_DELAY
  return framesDue(Math.floor((samples / sampleRate - delay) * LAM_FRAME_RATE + ROUNDING), hops)
}
