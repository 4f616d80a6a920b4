import { fileURLToPath } from 'node:url'
import type { EngineOf, ModelSpec } from '../../../../runtime/engine.js'
import type program from './program.js'

/** The threads that compose frames. */
export type ComposeEngine = EngineOf<typeof program>

/**
 * The composing of frames as the registry loads it: no model, pixels on the CPU.
 *
 * @param workers Threads.
 */
export function composeModel(workers: number): ModelSpec<undefined> {
  return {
    id: 'musetalk-compose',
    program: new URL('./program.js', import.meta.url),
    folder: fileURLToPath(new URL('.', import.meta.url)),
    config: undefined,
    host: 'thread',
    workers,
    device: { kind: 'cpu' },
    usesDevice: false,
  }
}
