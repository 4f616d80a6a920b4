import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.js'
import type { FaceVideo } from '../pipeline/line.js'
import type { AudioPacket, MotionPacket, TextPacket } from '../pipeline/packet.js'
import type { Stage } from '../pipeline/stage.js'
import { installedModel, type InstalledModel } from '../models/installed.js'
import type { ModelRegistry } from '../runtime/registry.js'
import type { Emotion } from './expression/emotion.js'
import type visemesProgram from './expression/visemes/program.js'
import { visemesModel } from './expression/visemes/model.js'
import { visemeExpression } from './expression/visemes/stage.js'
import { singleFlight } from './single-flight.js'
import { loadVoice, voiceName, type Speech } from './speech/load-voice.js'
import { segmentText } from './text/stage.js'
import type portraitProgram from './video/portrait/program.js'
import { portraitModel } from './video/portrait/model.js'
import { portraitStage } from './video/portrait/stage.js'
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
  /** Which engine does each stage, for people to read. */
  readonly engines: Readonly<Record<'speech' | 'expression' | 'video', string>>
}

/** Motion frames a second, as LAM-A2E has them; the picture's rate is the configuration's. */
export const MOTION_FPS = 30

/** Threads that draw when the configuration leaves it open: more cores than this are better used by other turns. */
const MOST_DRAWING_THREADS = 4

const modelsFolder = fileURLToPath(new URL('../../models', import.meta.url))

/** @param config fixed for the life of the catalogue; @param registry holds the engines */
export function createCatalogue(config: Config, registry: ModelRegistry): Catalogue {
  const { speech, expression, video } = config
  const workers = video.workers === 0 ? Math.min(MOST_DRAWING_THREADS, availableParallelism()) : video.workers
  const installedVoice = (): InstalledModel | undefined => installedModel(config, 'hibari')
  const visemes = singleFlight(() => visemesModel(modelsFolder))
  return {
    // Made when it is read: whether a voice is installed is a question to the file system.
    get engines() {
      return {
        speech: voiceName(speech.engine, installedVoice()),
        expression: expression.engine,
        video: video.engine,
      }
    },
    segment: () => segmentText({ maxCharacters: speech.maxCharacters }),
    speech: () => loadVoice(speech, installedVoice(), registry),
    expression: async (emotion) => {
      const model = await visemes()
      const engine = await registry.load<typeof visemesProgram>(model.spec)
      return visemeExpression(engine, model, {
        fps: MOTION_FPS,
        seed: expression.seed,
        ...(emotion === undefined ? {} : { emotion }),
      })
    },
    video: async (avatar, choice = {}) => {
      const { subject, width, height } = framedSubject(avatar, video.size)
      const ready = { subject: { kind: 'built-in', size: video.size }, quality: video.quality } as const
      const engine = await registry.load<typeof portraitProgram>(
        portraitModel(modelsFolder, { ready, workers }),
      )
      const { fps } = video
      const { quality = video.quality } = choice
      const stage = portraitStage({ engine, fps, subject, width, height, quality, inFlight: workers + 1 })
      return { from: 'motion', stage, fps, width, height }
    },
  }
}
