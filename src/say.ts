import { randomUUID } from 'node:crypto'
import { of, type Observable } from 'rxjs'
import type { App } from './app.js'
import { decodeAudio, probeAudio } from './media/decode.js'
import { faceStages, recordingLine, speakingLine, type FaceStages } from './pipeline/line.js'
import { meterTurns, type TurnReport } from './pipeline/meter.js'
import { endOf, type Packet, type PacketKind, type VoiceStyle } from './pipeline/packet.js'
import { runTurn } from './pipeline/run.js'
import type { Sink } from './pipeline/sink.js'
import { combineTelemetry } from './pipeline/telemetry.js'
import { MICROSECONDS_PER_SECOND } from './pipeline/time.js'
import { Turn } from './pipeline/turn.js'
import { MOTION_FPS } from './stages/catalogue.js'
import { voiceEmotion, type Emotion } from './stages/expression/emotion.js'
import { recordingSource } from './stages/speech/recording.js'
import { checkText } from './stages/text/limit.js'
import type { AvatarPlace } from './stages/video/portrait/subject.js'
import { fileSink, type FrameSize } from './transports/files/file-sink.js'
import { OUTPUT_KINDS, outputFormat } from './transports/files/output.js'

/** What is to be said: words, or a recording of somebody saying them. */
export type SaySource =
  | { readonly kind: 'text'; readonly text: string; readonly voice?: VoiceStyle }
  | { readonly kind: 'recording'; readonly path: string }

export interface SayRequest {
  readonly source: SaySource
  /** File (`.mp4`, `.wav`, `.json`) or folder to write: see `outputFormat`. */
  readonly output: string
  readonly emotion?: Emotion
  /** Whose face: an avatar of `app.avatars`, or one that `borrowAvatar` gave. Default: the built-in one. */
  readonly avatar?: AvatarPlace
  readonly signal?: AbortSignal
  /** Told how many seconds of media are written, and, where it is known, of how many. */
  readonly onProgress?: (done: number, expected: number | undefined) => void
  /** Told when a recording was cut or damaged but still gave sound. */
  readonly onWarning?: (warning: string) => void
}

/** Sound within what AAC, and people's players, take. A recording keeps its own rate where it lies in between. */
const LOWEST_SAMPLE_RATE = 16_000
const HIGHEST_SAMPLE_RATE = 48_000

/**
 * Speaks a text, or a recording, into a file: the whole line, once. Only what the output needs is made. On an error or
 * an abort nothing is left behind under the output's name.
 * @throws PhizError saying which input cannot work and why; CancelledError when the signal aborts
 */
export async function say(app: App, request: SayRequest): Promise<TurnReport> {
  const kinds = OUTPUT_KINDS[outputFormat(request.output)]
  const reports: TurnReport[] = []
  const turn = new Turn({
    id: `say-${randomUUID()}`,
    telemetry: combineTelemetry(
      app.telemetry,
      meterTurns((report) => reports.push(report)),
    ),
    signal: request.signal,
  })
  try {
    const loadFace = (): Promise<Face> => faceOf(app, kinds, request)
    const { packets$, sampleRate, expected, frame } = await (request.source.kind === 'text'
      ? speakText(app, turn, loadFace, request.source, request.emotion)
      : playRecording(turn, loadFace, request.source.path, request))
    turn.signal.throwIfAborted()
    const sink = await fileSink(request.output, {
      sampleRate,
      videoFps: app.config.video.fps,
      motionFps: MOTION_FPS,
      ...(frame && { frame }),
    })
    await runTurn(packets$, [watched(sink, expected, request.onProgress)], turn)
    return reports[0]!
  } finally {
    await turn.ended()
  }
}

interface Source {
  readonly packets$: Observable<Packet>
  readonly sampleRate: number
  /** Seconds, where it is known. */
  readonly expected: number | undefined
  /** Measures of the frames, where there are any. */
  readonly frame: FrameSize | undefined
}

/** The stages that the output needs. */
interface Face {
  readonly stages: FaceStages
  readonly frame: FrameSize | undefined
}

async function faceOf(
  app: App,
  kinds: readonly PacketKind[],
  { emotion, avatar }: SayRequest,
): Promise<Face> {
  const stages = await faceStages(
    { motion: kinds.includes('motion'), frames: kinds.includes('frame') },
    { expression: () => app.catalogue.expression({ emotion }), video: () => app.catalogue.video(avatar) },
  )
  const { video } = stages
  return { stages, frame: video && { width: video.width, height: video.height } }
}

async function speakText(
  app: App,
  turn: Turn,
  loadFace: () => Promise<Face>,
  source: Extract<SaySource, { kind: 'text' }>,
  emotion: Emotion | undefined,
): Promise<Source> {
  // What can be refused is refused before an engine is loaded.
  checkText(source.text, app.config.speech.maxCharacters)
  const [{ stage, sampleRate }, face] = await Promise.all([app.catalogue.speech(), loadFace()])
  const line = speakingLine({ ...face.stages, segment: app.catalogue.segment(), speech: stage })
  turn.window.makeRoom(line.lookahead)
  const strengths = emotion === undefined ? undefined : voiceEmotion(emotion)
  const voice = { ...source.voice, ...(strengths && { emotion: strengths }) }
  const text = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text: source.text, voice } as const
  return { packets$: of(text).pipe(line.open(turn)), sampleRate, expected: undefined, frame: face.frame }
}

async function playRecording(
  turn: Turn,
  loadFace: () => Promise<Face>,
  path: string,
  { onWarning }: SayRequest,
): Promise<Source> {
  const { sampleRate: ownRate, duration } = await probeAudio(path)
  const sampleRate = Math.min(Math.max(ownRate, LOWEST_SAMPLE_RATE), HIGHEST_SAMPLE_RATE)
  const face = await loadFace()
  const line = recordingLine(face.stages)
  turn.window.makeRoom(line.lookahead)
  const decode = (signal: AbortSignal): AsyncIterable<Float32Array> =>
    decodeAudio(path, { sampleRate, signal, ...(onWarning && { onWarning }) })
  return {
    packets$: recordingSource(turn, decode, sampleRate).pipe(line.open(turn)),
    sampleRate,
    expected: duration,
    frame: face.frame,
  }
}

/** The sink, telling after each write how far the slowest kind has come. */
function watched(sink: Sink, expected: number | undefined, onProgress: SayRequest['onProgress']): Sink {
  if (onProgress === undefined) return sink
  const slowest = sink.kinds.includes('frame') ? 'frame' : sink.kinds[0]
  return {
    ...sink,
    write: async (packet) => {
      await sink.write(packet)
      if (packet.kind === slowest) onProgress(endOf(packet) / MICROSECONDS_PER_SECOND, expected)
    },
  }
}
