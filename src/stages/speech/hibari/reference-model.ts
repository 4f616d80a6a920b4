import { fileURLToPath } from 'node:url'
import type { EngineOf, ModelSpec } from '../../../runtime/engine.js'
import type program from './reference-program.js'

/** What listens to reference recordings. */
export type ReferenceEngine = EngineOf<typeof program>

/** The measuring of reference recordings for the registry: a worker thread, without any model's files. */
export function referenceModel(): ModelSpec<undefined> {
  return {
    id: 'reference-style',
    program: new URL('./reference-program.js', import.meta.url),
    folder: fileURLToPath(new URL('.', import.meta.url)),
    config: undefined,
    host: 'thread',
    usesDevice: false,
  }
}
