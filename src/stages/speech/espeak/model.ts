import { fileURLToPath } from 'node:url'
import type { ModelSpec } from '../../../runtime/engine.js'
import type { EspeakConfig } from './contract.js'

/** American English and Mandarin, one woman's voice for both. */
const DEFAULTS: EspeakConfig = { english: 'en-us', chinese: 'cmn', variant: 'f3' }

/**
 * The espeak voice for the registry: a worker thread, about 110 MB. It needs the optional package
 * `@echogarden/espeak-ng-emscripten` (GPL-3.0); without it the engine fails to load with an UnavailableError.
 * @example
 * import type program from './program.js'
 * const engine = await registry.load<typeof program>(espeakModel())
 * const stage = espeakSpeech(engine)
 */
export function espeakModel(voice: Partial<EspeakConfig> = {}): ModelSpec<EspeakConfig> {
  return {
    id: 'espeak',
    program: new URL('./program.js', import.meta.url),
    folder: fileURLToPath(new URL('.', import.meta.url)),
    config: { ...DEFAULTS, ...voice },
    host: 'thread',
  }
}
