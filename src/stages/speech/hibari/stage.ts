import { InputError } from '../../../errors.js'
import type { AudioPacket, MarkPacket, TextPacket, VoiceStyle } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import type { EngineOf } from '../../../runtime/engine.js'
import { voiceStage } from '../voice-stage.js'
import { HIBARI_SAMPLE_RATE } from './contract.js'
import type program from './program.js'

export { HIBARI_SAMPLE_RATE } from './contract.js'

export type HibariEngine = EngineOf<typeof program>

export interface HibariSpeechOptions {
  /** The voice where a text says nothing of its own, field by field. `referenceStyle` makes one of a recording. */
  readonly voice?: VoiceStyle
  /** Any integer: decides the noise in the sound. The same text with the same seed is the same samples. Default 0. */
  readonly seed?: number
}

/**
 * English clauses to speech at 24 kHz, in packets of 100–200 ms: see {@link voiceStage}. The packets carry phonemes
 * where the installed acoustic model says how long each lasts.
 *
 * What is not English is not spoken: letters of other scripts are passed over.
 * @throws InputError when the seed is not an integer
 */
export function hibariSpeech(
  engine: HibariEngine,
  { voice, seed = 0 }: HibariSpeechOptions = {},
): Stage<TextPacket, AudioPacket | MarkPacket> {
  if (!Number.isSafeInteger(seed)) throw new InputError(`seed is ${seed}; it must be an integer.`)
  return voiceStage({ engine, init: { seed }, sampleRate: HIBARI_SAMPLE_RATE, voice })
}
