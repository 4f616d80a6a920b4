import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.js'
import { installedModel, type InstalledModel } from '../models/installed.js'
import { systemClock } from '../pipeline/time.js'
import type { ModelRegistry } from '../runtime/registry.js'
import type { Catalogue } from './catalogue.js'
import { emotionIn, MOTION_FPS, partOf, type ExpressionEngine } from './expression/expression-engine.js'
import { styledFace } from './expression/style.js'
import { visemeFace, type VisemeFace } from './expression/visemes/engine.js'
import { faceModel } from './face/model.js'
import type faceProgram from './face/program.js'
import { portraitFilm } from './film/portrait/portrait-film.js'
import { remoteEngines, type RemoteEngines } from './remote/engines.js'
import { idleLife } from './rest/idle-life.js'
import { waitingClock } from './rest/pace.js'
import { separationModel } from './separation/model.js'
import type separationProgram from './separation/program.js'
import { voiceSeparation } from './separation/voice-separation.js'
import { referenceModel } from './speech/hibari/reference-model.js'
import type referenceProgram from './speech/hibari/reference-program.js'
import { recordedStyle } from './speech/hibari/reference-recording.js'
import { loadVoice, voiceName } from './speech/load-voice.js'
import { segmentText } from './text/stage.js'
import { framed, portraitVideo } from './video/portrait/engine.js'
import { remoteVideoEngine } from './video/remote/engine.js'

const modelsFolder = fileURLToPath(new URL('../../models', import.meta.url))

/**
 * Chooses the engines. Dispose it when no turn runs any more: it may hold connections to other servers.
 *
 * @param config fixed for the life of the catalogue
 * @param registry holds the engines
 * @throws ConfigError when a setting that an engine needs is missing
 */
export function createCatalogue(config: Config, registry: ModelRegistry): Catalogue & AsyncDisposable {
  const { speech, expression, video } = config
  const remote = remoteEngines(config)
  const installedVoice = (): InstalledModel | undefined => installedModel(config, 'hibari')
  const visemes = visemeFace(registry, modelsFolder, expression.seed)
  const portrait = portraitVideo(registry, { modelsFolder, size: video.size, workers: video.workers })
  const moving = expressionEngine(remote, visemes)
  const drawing = remote.video === undefined ? portrait : remoteVideoEngine(remote.video)
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
      frames: remote.expression === undefined && drawing.isLive,
    },
    segment: (firstLength) =>
      segmentText({ maxCharacters: speech.maxCharacters, ...(firstLength && { firstLength }) }),
    speech: async () => remote.speech ?? loadVoice(speech, installedVoice(), registry),
    expression: (choice = {}) => moving(choice),
    video: (avatar, choice) => {
      const { fps, quality, size } = video
      return drawing.video(avatar, { fps, quality, size, ...choice })
    },
    liveVideo: (live) => drawing.live(live),
    idle: ({ look, emotion, clock = waitingClock(systemClock), ...idle }, signal) =>
      idleLife(
        {
          ...idle,
          clock,
          seed: expression.seed,
          look: () => framed(look()),
          emotion: () => emotion() ?? 'neutral',
          open: drawing.open,
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
        expression: visemes,
        portrait: portrait.engine,
        inFlight: portrait.inFlight,
        limits: config.avatars,
      }),
    release: () => drawing.release(),
    [Symbol.asyncDispose]: () => Promise.resolve(remote[Symbol.asyncDispose]()),
  }
}

function expressionEngine({ expression: remote }: RemoteEngines, visemes: VisemeFace): ExpressionEngine {
  return async (choice) => {
    const { life, identity = 0 } = choice
    const emotion = emotionIn(choice)
    const face =
      remote === undefined
        ? await visemes({ emotion: () => emotion() ?? 'neutral', ...(life && partOf(life)) })
        : remote(MOTION_FPS, emotion(), life)
    return styledFace(face, identity)
  }
}
