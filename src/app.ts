import type { Config } from './config/schema.js'
import { noTelemetry, type Telemetry } from './pipeline/telemetry.js'
import { systemClock } from './pipeline/time.js'
import { parseDevice } from './runtime/device.js'
import { ModelRegistry } from './runtime/registry.js'
import { avatarStore } from './stages/avatar/configured-store.js'
import type { AvatarServices } from './stages/avatar/job.js'
import type { Catalogue } from './stages/catalogue.js'
import { createCatalogue } from './stages/create-catalogue.js'
import { rehearse } from './stages/rehearsal.js'
import { isRemote } from './stages/remote/engines.js'
import { faceModel } from './stages/face/model.js'
import type faceProgram from './stages/face/program.js'
import { configuredHearing } from './stages/hearing/configured-hearing.js'
import type { Hearing } from './stages/hearing/hearing.js'

/** phiz put together: what the commands and the servers work with. */
export interface App extends AsyncDisposable {
  readonly config: Config
  readonly catalogue: Catalogue
  /** Listens to microphones. */
  readonly hearing: Hearing
  readonly telemetry: Telemetry
  /** The stored avatars, and what making one needs. */
  readonly avatars: AvatarServices
  /**
   * Loads the ears and the engines of the whole line, and rehearses it, so that the first turn is like any other.
   * @throws the first error, after all loads have settled
   */
  prewarm(): Promise<void>
  /** Waits for running steps, frees the models and ends the workers. Leave no turn running. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Puts phiz together. Nothing is loaded until it is asked for. */
export function createApp(config: Config, telemetry: Telemetry = noTelemetry): App {
  let isWarmingUp = false
  const registry = new ModelRegistry({
    device: parseDevice(config.device),
    onStep: ({ model, durationMs }) => {
      if (!isWarmingUp)
        telemetry({ type: 'model-step', at: systemClock.now(), model, busy: Math.round(durationMs * 1000) })
    },
  })
  const catalogue = createCatalogue(config, registry)
  const hearing = configuredHearing(config, registry)
  return {
    config,
    catalogue,
    hearing,
    telemetry,
    avatars: {
      store: avatarStore(config),
      faces: () => registry.load<typeof faceProgram>(faceModel()),
      limits: config.avatars,
      ...(catalogue.prepareAvatar && { prepare: catalogue.prepareAvatar }),
    },
    prewarm: async () => {
      isWarmingUp = true
      try {
        const loads = await Promise.allSettled([
          catalogue.speech(),
          catalogue.expression(),
          catalogue.video(),
          catalogue.prewarmFace?.(),
          hearing.load(),
        ])
        for (const load of loads) if (load.status === 'rejected') throw load.reason
        await rehearse(catalogue, {
          speech: !isRemote(config.speech.engine),
          expression: !isRemote(config.expression.engine),
          // On a processor alone, MuseTalk takes seconds for a frame: nobody would wait for a rehearsal of it.
          video:
            config.video.engine === 'portrait' || (!isRemote(config.video.engine) && config.device !== 'cpu'),
        })
      } finally {
        isWarmingUp = false
      }
    },
    [Symbol.asyncDispose]: async () => {
      await catalogue[Symbol.asyncDispose]()
      await registry.shutdown()
    },
  }
}
