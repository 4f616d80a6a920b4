import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ModelLoadError } from '../../errors.js'
import type { EngineOf, ModelSpec } from '../../runtime/engine.js'
import type program from './program.js'
import type { FaceConfig } from './program.js'

/** The loaded face model. */
export type FaceEngine = EngineOf<typeof program>

/**
 * The face model as the registry loads it: a worker thread with both networks on the CPU.
 *
 * @throws ModelLoadError when the npm package that brings the networks is not installed.
 * @example
 * import type program from './program.js'
 * const engine = await registry.load<typeof program>(faceModel())
 * const faces = await findFaces(engine, picture, { signal })
 */
export function faceModel(): ModelSpec<FaceConfig> {
  return {
    id: 'face',
    program: new URL('./program.js', import.meta.url),
    folder: fileURLToPath(new URL('../../../models/face', import.meta.url)),
    config: { packageFolder: packageFolder() },
    host: 'thread',
    device: { kind: 'cpu' },
    usesDevice: false,
  }
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('@mediapipe/face_mesh/package.json'))
  } catch (error) {
    throw new ModelLoadError(
      'The npm package @mediapipe/face_mesh, which brings the face networks, is not installed. ' +
        'Install the packages again with "npm ci".',
      { cause: error },
    )
  }
}
