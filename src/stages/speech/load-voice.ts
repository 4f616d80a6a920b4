import type { Config } from '../../config/schema.js'
import { PhizError, UnavailableError } from '../../errors.js'
import type { InstalledModel } from '../../models/installed.js'
import type { AudioPacket, MarkPacket, TextPacket } from '../../pipeline/packet.js'
import type { Stage } from '../../pipeline/stage.js'
import type { ModelRegistry } from '../../runtime/registry.js'
import { espeakModel } from './espeak/model.js'
import type espeakProgram from './espeak/program.js'
import { ESPEAK_SAMPLE_RATE } from './espeak/stage.js'
import { hibariModel } from './hibari/model.js'
import type hibariProgram from './hibari/program.js'
import { HIBARI_SAMPLE_RATE } from './hibari/stage.js'
import { voiceStage } from './voice-stage.js'
import { voicesByLanguage, type SharedVoice } from './voices-by-language.js'

/** A voice: its stage and the rate of its sound. */
export interface Speech {
  readonly stage: Stage<TextPacket, AudioPacket | MarkPacket>
  /** Hz of every packet. */
  readonly sampleRate: number
}

/** What phiz speaks with, for people to read. */
export function voiceName(engine: Config['speech']['engine'], hibari: InstalledModel | undefined): string {
  if (engine !== 'auto') return engine
  return hibari === undefined ? 'espeak' : 'hibari and espeak'
}

/**
 * Loads the voice that the configuration asks for.
 *
 * @param hibari The installed voice, if it is.
 * @throws UnavailableError when a voice that was asked for by name is not installed, or none is.
 */
export async function loadVoice(
  { engine, seed }: Config['speech'],
  hibari: InstalledModel | undefined,
  registry: ModelRegistry,
): Promise<Speech> {
  if (engine === 'espeak') return spoken(await loadEspeak(registry))
  if (hibari === undefined) {
    if (engine === 'hibari') {
      throw new UnavailableError(
        'speech.engine is "hibari", which is not installed. Bring it in with "phiz models add hibari", or use "auto".',
      )
    }
    return spoken(await loadEspeak(registry))
  }
  if (engine === 'hibari') return spoken(await loadHibari(registry, hibari, seed))
  const [english, others] = await Promise.all([
    loadHibari(registry, hibari, seed),
    loadEspeak(registry).catch(unlessMissing),
  ])
  return spoken(voicesByLanguage(english, others))
}

function spoken(voice: SharedVoice): Speech {
  const { sampleRate } = voice
  const engine = {
    open: (_init: undefined, options: Parameters<SharedVoice['open']>[0]) => voice.open(options),
  }
  return { stage: voiceStage({ engine, init: undefined, sampleRate }), sampleRate }
}

async function loadEspeak(registry: ModelRegistry): Promise<SharedVoice> {
  const engine = await registry.load<typeof espeakProgram>(espeakModel())
  return {
    sampleRate: ESPEAK_SAMPLE_RATE,
    knowsPhonemes: true,
    open: (options) => engine.open(undefined, options),
  }
}

async function loadHibari(
  registry: ModelRegistry,
  { folder, manifest }: InstalledModel,
  seed: number,
): Promise<SharedVoice> {
  const engine = await registry.load<typeof hibariProgram>(hibariModel(folder))
  return {
    sampleRate: HIBARI_SAMPLE_RATE,
    knowsPhonemes: manifest.exposed,
    open: (options) => engine.open({ seed }, options),
  }
}

/** English goes on without the other voice; what needs it says what is missing. */
function unlessMissing(error: unknown): Error {
  if (PhizError.isInstance(error) && error.code === 'unavailable') return error
  throw error
}
