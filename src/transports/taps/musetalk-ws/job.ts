import { randomUUID } from 'node:crypto'
import { CancelledError, PhizError } from '../../../errors.js'
import { decodeAudio, probeAudio } from '../../../media/decode.js'
import { frameStages, recordingLine } from '../../../pipeline/line.js'
import { runTurn } from '../../../pipeline/run.js'
import { MICROSECONDS_PER_SECOND } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import { recordingSource } from '../../../stages/speech/recording.js'
import type { Socket } from '../../socket.js'
import { mediaPath, type MediaRoots } from '../media-path.js'
import type { TapServices } from '../tap.js'
import type { Pace } from '../real-time.js'
import { FrameSink } from './frame-sink.js'
import {
  INTERNAL_ERROR,
  missingFileError,
  processingError,
  processingMessage,
  relativePathError,
  type StartOptions,
} from './protocol.js'

export interface JobOptions {
  readonly pace: Pace
  /** Files that clients may name. */
  readonly mediaRoots: MediaRoots
  /** Told of the steps of jobs whose client asked for a verbose log. */
  readonly onReport?: (report: JobReport) => void
}

/** A step of a job, for the log. Paths and sounds of people stay out of it. */
export interface JobReport {
  readonly turn: string
  readonly step: 'started' | JobOutcome['kind']
  readonly jpegQuality: number
  readonly frames: number
  /** Since the request. */
  readonly seconds: number
}

export type JobOutcome =
  /** Seconds are since the request. */
  | { readonly kind: 'completed'; readonly frames: number; readonly seconds: number }
  | { readonly kind: 'stopped'; readonly frames: number }
  /** The reason is for the client. */
  | { readonly kind: 'failed'; readonly reason: string }

/** The sound that lip motion is taken from: all that speech carries, at half the work of a film's sound track. */
const SAMPLE_RATE = 16_000

/** Frames of one burst. A burst must fit into the turn's flow window of two seconds at every frame rate from 8 on. */
const BATCH_FRAMES = 8

/** One request at work: an audio file on its way to being frames. It says all but the last word, which is its outcome. */
export class Job {
  /** How it ended, when all its work has. Never rejects. */
  readonly outcome: Promise<JobOutcome>
  readonly #turn: Turn
  readonly #socket: Socket
  readonly #services: TapServices
  readonly #options: JobOptions
  readonly #choice: StartOptions
  #sink: FrameSink | undefined

  constructor(
    audioPath: string,
    choice: StartOptions,
    socket: Socket,
    services: TapServices,
    options: JobOptions,
  ) {
    this.#choice = choice
    this.#socket = socket
    this.#services = services
    this.#options = options
    this.#turn = new Turn({
      id: `musetalk-ws-${randomUUID()}`,
      telemetry: services.telemetry,
      signal: socket.signal,
    })
    this.outcome = this.#work(audioPath)
  }

  /** Stops the work; no frame is sent after this. */
  stop(): void {
    this.#turn.cancel(new CancelledError('The client stopped the work.'))
  }

  async #work(audioPath: string): Promise<JobOutcome> {
    const outcome = await this.#speak(audioPath).catch((error: unknown) => this.#outcomeOf(error))
    await this.#turn.ended()
    this.#report(outcome.kind)
    return outcome
  }

  async #speak(audioPath: string): Promise<JobOutcome> {
    const turn = this.#turn
    const found = await mediaPath(audioPath, this.#options.mediaRoots)
    turn.signal.throwIfAborted()
    if (found.kind === 'relative') return { kind: 'failed', reason: relativePathError(audioPath) }
    if (found.kind === 'missing') return { kind: 'failed', reason: missingFileError(audioPath) }

    const { catalogue } = this.#services
    const seconds = await secondsOf(found.path, audioPath, turn.signal)
    const video = await catalogue.video(undefined, { quality: this.#choice.jpegQuality })
    const line = recordingLine(await frameStages(video, () => catalogue.expression()))
    turn.window.makeRoom(line.lookahead)
    turn.signal.throwIfAborted()
    await this.#socket.sendText(processingMessage(audioPath))
    this.#report('started')

    const sink = new FrameSink({
      socket: this.#socket,
      turn,
      pace: this.#options.pace,
      batchFrames: this.#choice.batchSend ? BATCH_FRAMES : 1,
      expectedFrames: Math.ceil(seconds * video.fps),
    })
    this.#sink = sink
    const packets$ = recordingSource(
      turn,
      (signal) => decodeAudio(found.path, { sampleRate: SAMPLE_RATE, signal, name: audioPath }),
      SAMPLE_RATE,
    ).pipe(line.open(turn))
    await runTurn(packets$, [sink], turn)
    return { kind: 'completed', frames: sink.sent, seconds: this.#seconds() }
  }

  #outcomeOf(error: unknown): JobOutcome {
    if (this.#turn.signal.aborted && error instanceof CancelledError) {
      return { kind: 'stopped', frames: this.#sink?.sent ?? 0 }
    }
    if (PhizError.isInstance(error)) return { kind: 'failed', reason: processingError(error.message) }
    this.#services.onUnexpectedError(error)
    return { kind: 'failed', reason: INTERNAL_ERROR }
  }

  #report(step: JobReport['step']): void {
    if (!this.#choice.verbose) return
    this.#options.onReport?.({
      turn: this.#turn.id,
      step,
      jpegQuality: this.#choice.jpegQuality,
      frames: this.#sink?.sent ?? 0,
      seconds: this.#seconds(),
    })
  }

  #seconds(): number {
    return (this.#turn.clock.now() - this.#turn.startedAt) / MICROSECONDS_PER_SECOND
  }
}

/** Length of a recording: as its file tells, or, where it does not, as decoding finds. */
async function secondsOf(path: string, name: string, signal: AbortSignal): Promise<number> {
  const { duration } = await probeAudio(path, { name, signal })
  if (duration !== undefined) return duration
  let samples = 0
  for await (const chunk of decodeAudio(path, { sampleRate: SAMPLE_RATE, signal, name }))
    samples += chunk.length
  return samples / SAMPLE_RATE
}
