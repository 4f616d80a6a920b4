import { randomUUID } from 'node:crypto'
import { decodeAudio } from '../../../media/decode.js'
import { recordingLine } from '../../../pipeline/line.js'
import { runTurn } from '../../../pipeline/run.js'
import type { Sink } from '../../../pipeline/sink.js'
import type { Telemetry } from '../../../pipeline/telemetry.js'
import { microsecondsToMilliseconds, systemClock } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import type { ExpressionStage, RecordingTreatment } from '../../../stages/expression/expression-stage.js'
import type { VoiceSeparation } from '../../../stages/separation/voice-separation.js'
import { recordingSource } from '../../../stages/speech/recording.js'
import type { Animation } from './animation-text.js'
import { moveBrows } from './brow-movement.js'
import { lineRate } from './chunk-sound.js'
import { FrameLoudness } from './frame-loudness.js'
import { quietMouth } from './quiet-mouth.js'

export interface InferOptions {
  /** The face in the style of an identity, for a recording that is to be treated so. */
  readonly expression: (identity: number, recording: RecordingTreatment) => Promise<ExpressionStage>
  /** Takes the voice out of its background first; left out, the sound is taken as it is. */
  readonly separation?: () => Promise<VoiceSeparation>
  readonly fps: number
  readonly telemetry: Telemetry
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  readonly maxSeconds: number
  /** Identity 0–11. */
  readonly identity: number
  readonly treatment: RecordingTreatment
}

/**
 * Runs a whole recording through the line to the motion of a face.
 * @throws MediaError when it is no sound, InputError when it is too long, CancelledError when the signal aborts
 */
export async function inferRecording(file: string, options: InferOptions): Promise<Animation> {
  const { fps, telemetry, signal, maxSeconds, identity, treatment } = options
  const startedAt = systemClock.now()
  const name = 'audio_file'
  const ownRate = await lineRate(file, name, signal)
  const [expression, separation] = await Promise.all([
    options.expression(identity, treatment),
    options.separation?.(),
  ])
  const sampleRate = separation?.sampleRate ?? ownRate

  const turn = new Turn({ id: `lam-${randomUUID()}`, telemetry, signal })
  const line = recordingLine({ expression })
  turn.window.makeRoom(line.lookahead)
  const loudness = new FrameLoudness(sampleRate, fps)
  const frames: Float32Array[] = []
  const decode = (stopped: AbortSignal): AsyncIterable<Float32Array> => {
    const sound = decodeAudio(file, { sampleRate, signal: stopped, maxSeconds, name })
    return separation === undefined ? sound : separation.separate(sound, stopped)
  }
  const sink: Sink = {
    name: 'answer',
    kinds: ['audio', 'motion'],
    write: (packet) => {
      if (packet.kind === 'audio') loudness.add(packet.samples)
      else if (packet.kind === 'motion') frames.push(packet.weights.slice())
    },
  }
  // A stage that waits for the end takes all of the recording in before anything leaves: in few large packets.
  const packetMs = expression.treatsRecording === true ? 1000 : 100
  await runTurn(recordingSource(turn, decode, sampleRate, packetMs).pipe(line.open(turn)), [sink], turn)

  if (expression.treatsRecording !== true) {
    const levels = loudness.levels(frames.length)
    if (treatment.quietMouth) quietMouth(frames, levels, fps)
    if (treatment.moveBrows) moveBrows(frames, levels, fps)
  }
  return { frames, fps, seconds: microsecondsToMilliseconds(systemClock.now() - startedAt) / 1000 }
}
