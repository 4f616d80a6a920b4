import type { ModelSpec } from '../../../runtime/engine.js'

/**
 * The neural English voice for the registry: a worker thread with one core.
 *
 * @param folder absolute path of the folder in which the voice is installed
 * @example
 * import type program from './program.js'
 * const engine = await registry.load<typeof program>(hibariModel(folder))
 * const stage = hibariSpeech(engine, { seed: 7 })
 */
export function hibariModel(folder: string): ModelSpec<undefined> {
  return {
    id: 'hibari',
    program: new URL('./program.js', import.meta.url),
    folder,
    config: undefined,
    host: 'thread',
  }
}
