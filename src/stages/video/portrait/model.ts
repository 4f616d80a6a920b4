import { join } from 'node:path'
import type { ModelSpec } from '../../../runtime/engine.js'
import type { PortraitConfig } from './program.js'

export interface PortraitModelOptions extends PortraitConfig {
  /** Threads that draw. */
  readonly workers: number
}

/**
 * The portrait renderer as the registry loads it.
 *
 * @param modelsFolder The folder of all models; the portrait's files are in its `portrait`.
 */
export function portraitModel(
  modelsFolder: string,
  options: PortraitModelOptions,
): ModelSpec<PortraitConfig> {
  const { ready, workers } = options
  return {
    id: 'portrait',
    program: new URL('./program.js', import.meta.url),
    folder: join(modelsFolder, 'portrait'),
    config: { ready },
    host: 'thread',
    workers,
    usesDevice: false,
  }
}
