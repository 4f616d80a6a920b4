import type { Config } from '../../config/schema.js'
import type { ModelRegistry } from '../../runtime/registry.js'
import { createHearing, type Hearing } from './hearing.js'
import { hearingModel } from './model.js'
import type program from './program.js'

/** The ears of the configuration. They are loaded when the first microphone is opened at the latest. */
export function configuredHearing({ hearing }: Config, registry: ModelRegistry): Hearing {
  return createHearing(async () => registry.load<typeof program>(hearingModel()), {
    endMs: hearing.endSilenceMs,
  })
}
