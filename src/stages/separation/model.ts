import { fileURLToPath } from 'node:url'
import type { EngineOf, ModelSpec } from '../../runtime/engine.js'
import type program from './program.js'

/** The loaded separation. */
export type SeparationEngine = EngineOf<typeof program>

/**
 * The separation of a voice from its background as the registry loads it: a worker thread, without any model's files.
 *
 * @example
 * import type program from './program.js'
 * const separation = voiceSeparation(await registry.load<typeof program>(separationModel()))
 */
export function separationModel(): ModelSpec<undefined> {
  return {
    id: 'separation',
    program: new URL('./program.js', import.meta.url),
    folder: fileURLToPath(new URL('.', import.meta.url)),
    config: undefined,
    host: 'thread',
    usesDevice: false,
  }
}
