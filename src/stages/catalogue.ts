import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.js'
import type { FaceVideo } from '../pipeline/line.js'
import type {
  AudioPacket,
  FramePacket,
  GapPacket,
  MotionPacket,
  TextPacket,
  VoiceStyle,
} from '../pipeline/packet.js'
import type { Stage } from '../pipeline/stage.js'
import type { Microseconds } from '../pipeline/time.js'
import { MICROSECONDS_PER_SECOND, systemClock } from '../pipeline/time.js'
import { installedModel, type InstalledModel } from '../models/installed.js'
import type { ModelRegistry } from '../runtime/registry.js'
import type { Emotion } from './expression/emotion.js'
import type visemesProgram from './expression/visemes/program.js'
import { styledFace } from './expression/style.js'
import { visemesModel } from './expression/visemes/model.js'
import { visemeExpression, type VisemeExpressionOptions } from './expression/visemes/stage.js'
import { faceModel } from './face/model.js'
import type faceProgram from './face/program.js'
import type { FilmMaker } from './film/film.js'
import { portraitFilm } from './film/portrait/portrait-film.js'
import { separationModel } from './separation/model.js'
import type separationProgram from './separation/program.js'
import { voiceSeparation, type VoiceSeparation } from './separation/voice-separation.js'
import type { Life } from './life.js'
import { remoteEngines } from './remote/engines.js'
import { idleLife } from './rest/idle-life.js'
import { waitingClock, type WaitingClock } from './rest/pace.js'
import { singleFlight } from './single-flight.js'
import { referenceModel } from './speech/hibari/reference-model.js'
import type referenceProgram from './speech/hibari/reference-program.js'
import { recordedStyle } from './speech/hibari/reference-recording.js'
import { loadVoice, voiceName, type Speech } from './speech/load-voice.js'
import { segmentText } from './text/stage.js'
import type portraitProgram from './video/portrait/program.js'
import { portraitModel } from './video/portrait/model.js'
import {
  livePortraitStage,
  portraitStage,
  type PortraitEngine,
  type PortraitLook,
} from './video/portrait/stage.js'
import { framedSubject, type AvatarPlace } from './video/portrait/subject.js'

export type { Speech } from './speech/load-voice.js'

/** A face: its stage, what moves it, and the measures of its frames. */
export type Video = FrameMeasures &
  (
    | { readonly from: 'motion'; readonly stage: Stage<MotionPacket, FramePacket> }
    | { readonly from: 'audio'; readonly stage: Stage<AudioPacket, FramePacket | GapPacket> }
  )

export interface FrameMeasures {
  /** Frames a second. */
  readonly fps: number
  /** Width and height of every frame in pixels. */
  readonly width: number
  readonly height: number
}

/** What a turn may choose about how its face moves. */
export interface ExpressionChoice {
  /**
   * How the face looks where the sound carries no emotion of its own; a function is asked for each packet by an engine
   * that can change within a turn.
   */
  readonly emotion?: Emotion | (() => Emotion | undefined) | undefined
  /** What the turns are a part of; each is one of its own when left out. */
  readonly life?: Life | undefined
  /** Style of speaking, 0 to 11. Default: the configuration's, which is 0 where the engine has no setting for it. */
  readonly identity?: number | undefined
}

/** What a turn may choose about its pictures. */
export interface VideoChoice {
  /** JPEG quality, 10 to 95. Default: the configuration's. */
  readonly quality?: number
  /** Frames a second, 8 to 60. Default: the configuration's. */
  readonly fps?: number
  /**
   * Width and height in pixels of the frames of the built-in face and of portraits; a video's have its own. Default:
   * the configuration's.
   */
  readonly size?: number
}

/** How pictures look at a moment. */
export interface Look extends Required<VideoChoice> {
  /** Whose face; undefined is the built-in one. */
  readonly avatar: AvatarPlace | undefined
}

/** Pictures that may change while they are made. */
export interface LiveLook {
  /** Asked for each frame. Engines that cannot change within a turn ask at its beginning. */
  readonly look: () => Look
  /**
   * Whether anybody takes the frame of this time of the turn, asked before each is drawn. Those that nobody does are
   * left out.
   */
  readonly wanted: (timestamp: Microseconds) => boolean
  /** What the turns are a part of. */
  readonly life: Life
  /** Told why a look that was asked for within a turn cannot be drawn; the one before it stays. */
  readonly onFailure: (error: unknown) => void
}

/** The face between turns. */
export interface Idle extends Omit<LiveLook, 'wanted'> {
  readonly emotion: () => Emotion | undefined
  /** What is wanted, asked for each moment. Without both it ends. */
  readonly wants: (kind: 'motion' | 'frame') => boolean
  /** Default: the process's. */
  readonly clock?: WaitingClock
}

/**
 * The one place where stages are made, so that an endpoint cannot differ from the line that it is a part of. Every
 * method loads its engine when it is first asked for and shares it from then on.
 */
export interface Catalogue {
  /** @param firstLength what the first clause aims at: see `SegmentOptions` */
  segment(firstLength?: number): Stage<TextPacket, TextPacket>
  speech(): Promise<Speech>
  expression(choice?: ExpressionChoice): Promise<Stage<AudioPacket, MotionPacket>>
  /**
   * @param avatar whose face; the built-in one when left out
   * @param choice what differs from the configuration for this turn
   */
  video(avatar?: AvatarPlace, choice?: VideoChoice): Promise<Video>
  /** A face whose look may change from frame to frame. */
  liveVideo(live: LiveLook): Promise<FaceVideo>
  /** The life of a face between turns: see `idleLife`. */
  idle(idle: Idle, signal: AbortSignal): AsyncIterable<MotionPacket | FramePacket>
  /** What may begin, end and change its look within a turn; the rest is for a whole turn what it is at its beginning. */
  readonly live: Readonly<Record<'motion' | 'frames', boolean>>
  /** Pictures that are made to speak, as finished films. */
  film(): FilmMaker
  /** The voice in a sound, out of its background: see `VoiceFilter`. */
  separation(): Promise<VoiceSeparation>
  /**
   * The pitch and pace of a recorded speaker, for the voice to take on: see `recordedStyle`.
   * @param name what errors call the recording; its path when left out
   */
  recordedStyle(path: string, signal: AbortSignal, name?: string): Promise<VoiceStyle>
  /** Which engine does each stage, for people to read. */
  readonly engines: Readonly<Record<'speech' | 'expression' | 'video', string>>
}

/** Motion frames a second, as LAM-A2E has them; the picture's rate is the configuration's. */
export const MOTION_FPS = 30

/** Threads that draw when the configuration leaves it open: more cores than this are better used by other turns. */
const MOST_DRAWING_THREADS = 4

/** Standing of frames between turns against those of turns, which are 0. */
const IDLE_PRIORITY = -1

const modelsFolder = fileURLToPath(new URL('../../models', import.meta.url))

/**
 * Dispose it when no turn runs any more: it may hold connections to other servers.
 * @param config fixed for the life of the catalogue
 * @param registry holds the engines
 * @throws ConfigError when a setting that an engine needs is missing
 */
export function createCatalogue(config: Config, registry: ModelRegistry): Catalogue & AsyncDisposable {
  const { speech, expression, video } = config
  const remote = remoteEngines(config)
  const workers = video.workers === 0 ? Math.min(MOST_DRAWING_THREADS, availableParallelism()) : video.workers
  const installedVoice = (): InstalledModel | undefined => installedModel(config, 'hibari')
  const visemes = singleFlight(() => visemesModel(modelsFolder))
  const speakingFace = async (
    options: VisemeExpressionOptions,
  ): Promise<Stage<AudioPacket, MotionPacket>> => {
    const model = await visemes()
    const engine = await registry.load<typeof visemesProgram>(model.spec)
    return visemeExpression(engine, model, { fps: MOTION_FPS, seed: expression.seed, ...options })
  }
  const portrait = (): Promise<PortraitEngine> => {
    const ready = { subject: { kind: 'built-in', size: video.size } } as const
    return registry.load<typeof portraitProgram>(portraitModel(modelsFolder, { ready, workers }))
  }
  const drawn = async (avatar?: AvatarPlace, choice: VideoChoice = {}): Promise<Video> => {
    const { fps = video.fps, quality = video.quality, size = video.size } = choice
    if (remote.video !== undefined) {
      return { ...(await remote.video(avatar?.manifest.id, { quality, fps })), fps }
    }
    const look = framed({ avatar, fps, quality, size })
    const { width, height } = look
    const stage = portraitStage({ ...look, engine: await portrait(), inFlight: workers + 1 })
    return { from: 'motion', stage, fps, width, height }
  }
  return {
    // Made when it is read: whether a voice is installed is a question to the file system.
    get engines() {
      return {
        speech: voiceName(speech.engine, installedVoice()),
        expression: expression.engine,
        video: video.engine,
        ...remote.names,
      }
    },
    live: {
      motion: remote.expression === undefined,
      frames: remote.expression === undefined && remote.video === undefined,
    },
    segment: (firstLength) =>
      segmentText({ maxCharacters: speech.maxCharacters, ...(firstLength && { firstLength }) }),
    speech: async () => remote.speech ?? loadVoice(speech, installedVoice(), registry),
    expression: async ({ emotion, life, identity = 0 } = {}) => {
      const ask = typeof emotion === 'function' ? emotion : () => emotion
      if (remote.expression !== undefined) {
        return styledFace(remote.expression(MOTION_FPS, ask(), life), identity)
      }
      const face = await speakingFace({ emotion: () => ask() ?? 'neutral', ...(life && partOf(life)) })
      return styledFace(face, identity)
    },
    video: drawn,
    liveVideo: async ({ look, wanted, life, onFailure }) => {
      const { avatar, ...choice } = look()
      if (remote.video !== undefined) return drawn(avatar, choice)
      return {
        from: 'motion',
        stage: livePortraitStage({
          engine: await portrait(),
          inFlight: workers + 1,
          look: () => framed(look()),
          wanted,
          onFailure,
          zeroOf: (turn) => life.zeroOf(turn),
        }),
      }
    },
    idle: ({ look, emotion, clock = waitingClock(systemClock), ...idle }, signal) =>
      idleLife(
        {
          ...idle,
          clock,
          seed: expression.seed,
          look: () => framed(look()),
          emotion: () => emotion() ?? 'neutral',
          open:
            remote.video === undefined
              ? async ({ subject }, until) =>
                  (await portrait()).open({ subject }, { signal: until, priority: IDLE_PRIORITY })
              : undefined,
        },
        signal,
      ),
    separation: async () => voiceSeparation(await registry.load<typeof separationProgram>(separationModel())),
    recordedStyle: async (path, signal, name) => {
      const engine = await registry.load<typeof referenceProgram>(referenceModel())
      return recordedStyle(engine, path, signal, name)
    },
    film: () =>
      remote.film ??
      portraitFilm({
        faces: () => registry.load<typeof faceProgram>(faceModel()),
        expression: speakingFace,
        portrait,
        inFlight: workers + 1,
        limits: config.avatars,
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(remote[Symbol.asyncDispose]()),
  }
}

function framed({ avatar, size, fps, quality }: Look): PortraitLook {
  return { ...framedSubject(avatar, size), fps, quality }
}

/** A turn of the speaking face as a part of a life. */
function partOf(life: Life): Pick<VisemeExpressionOptions, 'idleStart' | 'mood'> {
  return {
    idleStart: (turn) => (life.zeroOf(turn) * MOTION_FPS) / MICROSECONDS_PER_SECOND,
    mood: life.mood,
  }
}
