import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.js'
import { installedModel, type InstalledModel } from '../models/installed.js'
import { systemClock } from '../pipeline/time.js'
import type { ModelRegistry } from '../runtime/registry.js'
import type { Catalogue } from './catalogue.js'
import { engineName } from './engine-name.js'
import type { ExpressionEngine } from './expression/expression-engine.js'
import { lamExpressionEngine } from './expression/lam/engine.js'
import { remoteExpressionEngine } from './expression/remote/engine.js'
import { visemeExpressionEngine, visemeFace, type VisemeFace } from './expression/visemes/engine.js'
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
import { musetalkVideoEngine } from './video/musetalk/engine.js'
import { framed, portraitVideo, type PortraitVideo } from './video/portrait/engine.js'
import { remoteVideoEngine } from './video/remote/engine.js'
import type { VideoEngine } from './video/video-engine.js'

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
  const moving = expressionEngine(config, registry, remote, visemes)
  const drawing = videoEngine(config, registry, remote, portrait)
  return {
    // Made when it is read: which models are installed is a question to the file system.
    get engines() {
      return {
        speech: voiceName(speech.engine, installedVoice()),
        expression: engineName(expression.engine, config),
        video: engineName(video.engine, config),
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
    prepareAvatar: drawing.prepare,
    prewarmFace: drawing.prewarm,
    release: () => drawing.release(),
    [Symbol.asyncDispose]: () => Promise.resolve(remote[Symbol.asyncDispose]()),
  }
}

function expressionEngine(
  config: Config,
  registry: ModelRegistry,
  { expression: remote }: RemoteEngines,
  visemes: VisemeFace,
): ExpressionEngine {
  if (remote !== undefined) return remoteExpressionEngine(remote)
  return config.expression.engine === 'lam'
    ? lamExpressionEngine(config, registry)
    : visemeExpressionEngine(visemes)
}

function videoEngine(
  config: Config,
  registry: ModelRegistry,
  remote: RemoteEngines,
  portrait: PortraitVideo,
): VideoEngine {
  if (remote.video !== undefined) return remoteVideoEngine(remote.video)
  if (config.video.engine !== 'musetalk') return portrait
  return musetalkVideoEngine(config, registry, { workers: portrait.workers })
}
