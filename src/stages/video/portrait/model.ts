import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ModelSpec } from '../../../runtime/engine.js'
import { drawAvatar } from './avatar.js'
import type { PortraitConfig } from './program.js'

export interface PortraitModelOptions {
  /** Width and height of the frames in pixels. */
  readonly size: number
  /** JPEG quality, 1–100. */
  readonly quality: number
  /** Threads that draw. */
  readonly workers: number
}

/**
 * The portrait renderer as the registry loads it. Draws the avatar's layers, once for all workers.
 *
 * @param modelsFolder The folder of all models; the portrait's files are in its `portrait`.
 * @throws ModelLoadError when a file of models/portrait is missing or damaged.
 */
export async function portraitModel(
  modelsFolder: string,
  options: PortraitModelOptions,
): Promise<ModelSpec<PortraitConfig>> {
  const { size, quality, workers } = options
  const folder = join(modelsFolder, 'portrait')
  return {
    id: 'portrait',
    program: new URL('./program.js', import.meta.url),
    folder,
    config: { size, quality, pictures: await drawAvatar(size, pathToFileURL(`${folder}/`)) },
    host: 'thread',
    workers,
    usesDevice: false,
  }
}
