import type { Config } from '../../../config/schema.js'
import { requireExported } from '../../../models/exported.js'
import type { ModelRegistry } from '../../../runtime/registry.js'
import type { AvatarServices } from '../../avatar/job.js'
import { framedSubject, type AvatarPlace } from '../portrait/subject.js'
import type { VideoEngine } from '../video-engine.js'
import { MusetalkEngines } from './engines.js'
import { Materials } from './material/materials.js'
import { draftedSource, materialSource } from './material/source.js'
import { musetalkModels } from './model.js'
import { restingSession } from './resting-session.js'
import { musetalkVideo, type MusetalkStageOptions } from './stage.js'

/** The MuseTalk engine of the video stage, and what it needs of avatars. */
export interface MusetalkVideo extends VideoEngine {
  /** Makes the material of an avatar that is being created. */
  readonly prepare: NonNullable<AvatarServices['prepare']>
}

export interface MusetalkVideoOptions {
  /** Threads that compose frames. */
  readonly workers: number
}

/**
 * Faces that MuseTalk makes speak. The model's folder is looked at when it is first needed; what is said when it is not
 * there names the command that makes it.
 */
export function musetalkVideoEngine(
  config: Config,
  registry: ModelRegistry,
  { workers }: MusetalkVideoOptions,
): MusetalkVideo {
  const { mode, maxBatch, threads, extraMargin } = config.musetalk
  const loaded = once(() => {
    const model = requireExported(config, 'musetalk')
    const models = musetalkModels(model, { device: registry.device, maxBatch, threads, workers })
    const { dataDirectory } = config
    return {
      engines: new MusetalkEngines(registry, models),
      materials: new Materials(registry, model, { mode, extraMargin, threads, dataDirectory }),
      inFlight: 2 * maxBatch,
    }
  })
  const face = (
    avatar: AvatarPlace | undefined,
    size: number,
  ): Pick<MusetalkStageOptions, 'use' | 'material' | 'mode' | 'inFlight'> => {
    const { engines, materials, inFlight } = loaded()
    return {
      use: () => engines.use(),
      material: (signal) => materials.ensure(materialSource(avatar, size), { signal }),
      mode,
      inFlight,
    }
  }
  return {
    isLive: false,
    video: async (avatar, { fps, quality, size }) => {
      await loaded().engines.prewarm()
      const { width, height } = framedSubject(avatar, size)
      const stage = musetalkVideo({ ...face(avatar, size), fps, quality })
      return { from: 'audio', stage, fps, width, height }
    },
    live: async ({ look, wanted, life }) => {
      await loaded().engines.prewarm()
      const { avatar, size, fps } = look()
      const stage = musetalkVideo({
        ...face(avatar, size),
        fps,
        quality: () => look().quality,
        wanted,
        zeroOf: (turn) => life.zeroOf(turn),
      })
      return { from: 'audio', stage }
    },
    open: async ({ avatar, width }, signal) => {
      const { engines, materials } = loaded()
      const material = await materials.ensure(materialSource(avatar, width), { signal })
      return restingSession(engines, material, signal)
    },
    prepare: async (content, draft, { signal, onProgress }) => {
      const source = draftedSource(content, draft, config.video.size)
      await loaded().materials.ensure(source, { signal, ...(onProgress && { onProgress }) })
    },
    prewarm: async () => {
      const source = materialSource(undefined, config.video.size)
      await loaded().materials.ensure(source, { signal: new AbortController().signal })
    },
    release: async () => {
      await loaded().engines.release()
    },
  }
}

/** Makes a value when it is first asked for; when that throws, the next call tries again. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
