import type { AudioPacket, MarkPacket, TextPacket, VoiceStyle } from '../../../pipeline/packet.js'
import type { Stage } from '../../../pipeline/stage.js'
import type { EngineOf } from '../../../runtime/engine.js'
import { voiceStage } from '../voice-stage.js'
import { ESPEAK_SAMPLE_RATE } from './contract.js'
import type program from './program.js'

export { ESPEAK_SAMPLE_RATE } from './contract.js'

export type EspeakEngine = EngineOf<typeof program>

export interface EspeakSpeechOptions {
  /** The voice where a text says nothing of its own, field by field. */
  readonly voice?: VoiceStyle
}

/** Clauses to speech at 22 050 Hz, in packets of 100–200 ms with their phonemes: see {@link voiceStage}. */
export function espeakSpeech(
  engine: EspeakEngine,
  { voice }: EspeakSpeechOptions = {},
): Stage<TextPacket, AudioPacket | MarkPacket> {
  return voiceStage({ engine, init: undefined, sampleRate: ESPEAK_SAMPLE_RATE, voice })
}
