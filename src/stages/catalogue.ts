import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.js'
import type { FaceVideo } from '../pipeline/line.js'
import type { AudioPacket, MotionPacket, TextPacket, VoiceStyle } from '../pipeline/packet.js'
import type { Stage } from '../pipeline/stage.js'
import { installedModel, type InstalledModel } from '../models/installed.js'
import type { ModelRegistry } from '../runtime/registry.js'
import type { Emotion } from './expression/emotion.js'
import type visemesProgram from './expression/visemes/program.js'
import { visemesModel } from './expression/visemes/model.js'
import { visemeExpression, type VisemeExpressionOptions } from './expression/visemes/stage.js'
import { faceModel } from './face/model.js'
import type faceProgram from './face/program.js'
import type { FilmMaker } from './film/film.js'
import { portraitFilm } from './film/portrait/portrait-film.js'
import { separationModel } from './separation/model.js'
import type separationProgram from './separation/program.js'
import { voiceSeparation, type VoiceSeparation } from './separation/voice-separation.js'
import { remoteEngines } from './remote/engines.js'
import { singleFlight } from './single-flight.js'
import { referenceModel } from './speech/hibari/reference-model.js'
import type referenceProgram from './speech/hibari/reference-program.js'
import { recordedStyle } from './speech/hibari/reference-recording.js'
import { loadVoice, voiceName, type Speech } from './speech/load-voice.js'
import { segmentText } from './text/stage.js'
import type portraitProgram from './video/portrait/program.js'
import { portraitModel } from './video/portrait/model.js'
import { portraitStage, type PortraitEngine } from './video/portrait/stage.js'
import { framedSubject, type AvatarPlace } from './video/portrait/subject.js'

export type { Speech } from './speech/load-voice.js'

/** A face: its stage, what moves it, and the measures of its frames. */
export type Video = FaceVideo & FrameMeasures

export interface FrameMeasures {
  /** Frames a second. */
  readonly fps: number
  /** Width and height of every frame in pixels. */
  readonly width: number
  readonly height: number
}

/** What a turn may choose about its pictures. */
export interface VideoChoice {
  /** JPEG quality, 10 to 95. Default: the configuration's. */
  readonly quality?: number
  /** Frames a second, 8 to 60. Default: the configuration's. */
  readonly fps?: number
}

/**
 * The one place where stages are made, so that an endpoint cannot differ from the line that it is a part of. Every
 * method loads its engine when it is first asked for and shares it from then on.
 */
export interface Catalogue {
  segment(): Stage<TextPacket, TextPacket>
  speech(): Promise<Speech>
  /** @param emotion how the face looks where the sound carries no emotion of its own */
  expression(emotion?: Emotion): Promise<Stage<AudioPacket, MotionPacket>>
  /**
   * @param avatar whose face; the built-in one when left out
   * @param choice what differs from the configuration for this turn
   */
  video(avatar?: AvatarPlace, choice?: VideoChoice): Promise<Video>
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
    const ready = { subject: { kind: 'built-in', size: video.size }, quality: video.quality } as const
    return registry.load<typeof portraitProgram>(portraitModel(modelsFolder, { ready, workers }))
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
    segment: () => segmentText({ maxCharacters: speech.maxCharacters }),
    speech: async () => remote.speech ?? loadVoice(speech, installedVoice(), registry),
    expression: async (emotion) =>
      remote.expression?.(MOTION_FPS, emotion) ?? speakingFace(emotion === undefined ? {} : { emotion }),
    video: async (avatar, choice = {}) => {
      const { fps = video.fps, quality = video.quality } = choice
      if (remote.video !== undefined) {
        return { ...(await remote.video(avatar?.manifest.id, { quality, fps })), fps }
      }
      const { subject, width, height } = framedSubject(avatar, video.size)
      const engine = await portrait()
      const stage = portraitStage({ engine, fps, subject, width, height, quality, inFlight: workers + 1 })
      return { from: 'motion', stage, fps, width, height }
    },
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
