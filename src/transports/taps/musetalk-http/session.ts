import { randomUUID } from 'node:crypto'
import { CancelledError, OverloadError, PhizError } from '../../../errors.js'
import { decodeAudio, probeAudio } from '../../../media/decode.js'
import { frameStages, recordingLine } from '../../../pipeline/line.js'
import { runTurn } from '../../../pipeline/run.js'
import { MICROSECONDS_PER_SECOND, type Microseconds } from '../../../pipeline/time.js'
import { Turn } from '../../../pipeline/turn.js'
import { recordingSource } from '../../../stages/speech/recording.js'
import type { AvatarPlace } from '../../../stages/video/portrait/subject.js'
import type { TapServices } from '../tap.js'
import { FrameRing, type Viewer } from './frame-ring.js'
import { pngFolderSink } from './png-folder-sink.js'
import type { Pace } from '../real-time.js'
import { ScreenSink } from './screen-sink.js'

export interface SessionLimits {
  readonly pace: Pace
  /** Viewers of a session at once. */
  readonly maxViewers: number
  /** Seconds that a film waits for a viewer before it is over. */
  readonly idleSeconds: number
  /** Seconds that a film whose frames are saved waits for a viewer before it runs on without. */
  readonly savingIdleSeconds: number
}

export interface SessionRequest extends SessionLimits {
  readonly id: string
  readonly avatar: AvatarPlace
  /** The sound's real path, and what errors call it. */
  readonly audio: { readonly path: string; readonly name: string }
  readonly fps: number
  /** Where frames are saved as PNGs, if they are. */
  readonly saveTo: string | undefined
}

/** Frames that are kept for viewers who lag, and frames that are made ahead of them. */
export const RING_FRAMES = 30

/** The sound that lip motion is taken from: all that speech carries, at half the work of a film's sound track. */
const SAMPLE_RATE = 16_000
const PACKET_MS = 100

/** An avatar that speaks a sound file, for whoever watches. */
export class Session {
  readonly id: string
  readonly avatarId: string
  /** Resolves when all its work has ended. Never rejects. */
  readonly ended: Promise<void>
  readonly #turn: Turn
  readonly #ring = new FrameRing(RING_FRAMES)
  readonly #maxViewers: number
  #failure: PhizError | undefined

  private constructor(turn: Turn, request: SessionRequest, run: (ring: FrameRing) => Promise<void>) {
    this.id = request.id
    this.avatarId = request.avatar.manifest.id
    this.#maxViewers = request.maxViewers
    this.#turn = turn
    this.ended = run(this.#ring).then(
      () => {
        this.#ring.end()
      },
      (error: unknown) => {
        this.#ring.cut()
        this.#failure = failureOf(error)
      },
    )
  }

  /**
   * Looks at the sound, loads what is needed, and begins to make frames.
   * @throws MediaError when the sound is none; ModelLoadError or UnavailableError when an engine is missing
   */
  static async start(services: TapServices, request: SessionRequest, signal: AbortSignal): Promise<Session> {
    const { audio, avatar, fps, saveTo } = request
    await probeAudio(audio.path, { name: audio.name, signal })
    const video = await services.catalogue.video(avatar, { fps })
    const line = recordingLine(await frameStages(video, () => services.catalogue.expression()))
    const saving = saveTo === undefined ? undefined : await pngFolderSink(saveTo)
    signal.throwIfAborted()

    const { telemetry, onUnexpectedError } = services
    const turn = new Turn({
      id: `musetalk-http-${randomUUID()}`,
      telemetry,
      windowSpan: windowSpan(video.fps, line.lookahead),
    })
    return new Session(turn, request, async (ring) => {
      const screen = new ScreenSink({
        turn,
        ring,
        pace: request.pace,
        patienceSeconds: saving === undefined ? request.idleSeconds : request.savingIdleSeconds,
        whenDeserted: saving === undefined ? 'end' : 'run-on',
      })
      const decode = (stopped: AbortSignal): AsyncIterable<Float32Array> =>
        decodeAudio(audio.path, { sampleRate: SAMPLE_RATE, signal: stopped, name: audio.name })
      const packets$ = recordingSource(turn, decode, SAMPLE_RATE, PACKET_MS).pipe(line.open(turn))
      try {
        await runTurn(packets$, saving === undefined ? [screen] : [screen, saving], turn)
      } catch (error) {
        if (!PhizError.isInstance(error)) onUnexpectedError(error)
        throw error
      }
    })
  }

  /**
   * Takes a place in front of the screen.
   * @throws OverloadError when all are taken; the error that ended the session before its first frame
   */
  watch(): Viewer {
    if (this.#failure !== undefined && this.#ring.count === 0) throw this.#failure
    if (this.#ring.viewers >= this.#maxViewers) {
      throw new OverloadError(`${this.#maxViewers} viewers watch session ${this.id}, as many as may.`)
    }
    return this.#ring.join()
  }

  /** Stops the film: its viewers see no frame more. Resolves when all its work has ended. */
  async stop(): Promise<void> {
    this.#ring.cut()
    this.#turn.cancel(new CancelledError('The session was stopped.'))
    await this.ended
  }
}

/**
 * How far the sound may be read ahead of the screen: the length of {@link RING_FRAMES} frames, less the packet that is
 * let in at its end; more where the line could not run with that.
 */
function windowSpan(fps: number, lookahead: Microseconds): Microseconds {
  const packet = PACKET_MS * 1000
  return Math.max((RING_FRAMES / fps) * MICROSECONDS_PER_SECOND - packet, lookahead + packet)
}

/** What a viewer who comes too late is told; nothing when the session was stopped. */
function failureOf(error: unknown): PhizError | undefined {
  if (error instanceof CancelledError) return undefined
  return PhizError.isInstance(error)
    ? error
    : new PhizError('internal', 'Internal Server Error', { cause: error })
}
