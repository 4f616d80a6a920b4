import type * as EspeakPackage from '@echogarden/espeak-ng-emscripten'
import { InputError, messageOf, ModelLoadError, UnavailableError } from '../../../errors.js'
import { speechLevel, SPEECH_LEVEL } from '../loudness.js'
import { prosodyOf, type Prosody } from '../prosody.js'
import type { SpeechPiece } from '../spoken.js'
import { ESPEAK_SAMPLE_RATE, samplesOf, type EspeakConfig } from './contract.js'
import { toIpa } from './phonemes.js'
import { settingsFor, type EspeakSettings } from './settings.js'
import { utteranceOf, type EspeakSound } from './utterance.js'

/** Where the package keeps its voice variants, in the file system that it carries in memory. */
const VARIANTS = '/usr/share/espeak-ng-data/voices/!v/'

const PACKAGE = '@echogarden/espeak-ng-emscripten'

/** Sentences with all vowels and an ordinary share of quiet sounds, by which a voice's level is measured. */
const SAMPLE_SENTENCES: Readonly<Record<string, string>> = {
  en: 'The quick brown fox jumps over the lazy dog.',
  zh: '今天天气很好，我们去公园散步。',
}

/** Most sound of one call, 3 min: a clause is 10 s, digits read one by one at half speed a minute. */
const MOST_SAMPLES = 180 * ESPEAK_SAMPLE_RATE

/**
 * espeak with the voices of a configuration. Its WebAssembly instance is one machine with one voice at a time:
 * calls are synchronous and each sets all that it depends on, so that sessions may share it.
 */
export class Synthesiser {
  readonly #espeak: EspeakPackage.EspeakWorker
  readonly #config: EspeakConfig
  readonly #gains = new Map<string, number>()
  #voice = ''

  private constructor(espeak: EspeakPackage.EspeakWorker, config: EspeakConfig) {
    this.#espeak = espeak
    this.#config = config
  }

  /**
   * Loads espeak and speaks a sentence with each main voice, which warms it up and shows how loud it is.
   * @throws UnavailableError when the package is not installed; ModelLoadError when it does not start; InputError
   *   when there is no such voice
   */
  static async load(config: EspeakConfig): Promise<Synthesiser> {
    const synthesiser = new Synthesiser(await start(config), config)
    for (const [language, sentence] of Object.entries(SAMPLE_SENTENCES)) {
      const { samples } = synthesiser.speak(sentence, language, prosodyOf())
      const level = speechLevel(samples, samplesOf(10))
      if (level > 0) synthesiser.#gains.set(language, SPEECH_LEVEL / level)
    }
    return synthesiser
  }

  /**
   * Speaks plain text of one language.
   * @param text without mark-up: espeak parses SSML and `[[phonemes]]`
   */
  speak(text: string, language: string, prosody: Prosody): SpeechPiece {
    const gain = this.#gains.get(language) ?? this.#gains.get('en') ?? 1
    this.#select(language)
    return utteranceOf(this.#synthesise(text, settingsFor(prosody, language)), gain * prosody.volume)
  }

  #select(language: string): void {
    const { english, chinese, variant } = this.#config
    const base = language === 'en' ? english : language === 'zh' ? chinese : language
    const voice = variant === '' ? base : `${base}+${variant}`
    if (voice === this.#voice) return
    this.#voice = ''
    if (this.#espeak.set_voice(voice) !== 0) throw new InputError(`espeak has no voice "${base}".`)
    this.#voice = voice
  }

  #synthesise(text: string, { rate, pitch, range }: EspeakSettings): EspeakSound {
    const chunks: Int16Array[] = []
    const starts: { symbol: string; at: number }[] = []
    let length = 0
    this.#espeak.set_rate(rate)
    this.#espeak.set_pitch(pitch)
    this.#espeak.set_range(range)
    this.#espeak.synthesize(text, (samples, events) => {
      chunks.push(samples)
      length += samples.length
      for (const event of events) addPhoneme(starts, event)
      return length >= MOST_SAMPLES
    })
    return { chunks, starts }
  }
}

function addPhoneme(starts: { symbol: string; at: number }[], event: EspeakPackage.EspeakEvent): void {
  if (event.type !== 'phoneme' || typeof event.id !== 'string') return
  const symbol = toIpa(event.id)
  if (symbol !== undefined) starts.push({ symbol, at: event.audio_position })
}

async function start({ variant }: EspeakConfig): Promise<EspeakPackage.EspeakWorker> {
  const { default: load } = await importPackage()
  let espeak: EspeakPackage.EspeakModule
  try {
    espeak = await load()
  } catch (error) {
    throw new ModelLoadError(`${PACKAGE} does not start: ${messageOf(error)}`, { cause: error })
  }
  // espeak itself speaks with its usual voice when it does not know a variant.
  if (variant !== '' && !(/^[\w-]+$/.test(variant) && espeak.FS.analyzePath(VARIANTS + variant).exists)) {
    throw new InputError(`espeak has no variant "${variant}"; f1 to f5, m1 to m8 and others exist.`)
  }
  return new espeak.eSpeakNGWorker()
}

async function importPackage(): Promise<typeof EspeakPackage> {
  try {
    return await import('@echogarden/espeak-ng-emscripten')
  } catch (error) {
    throw new UnavailableError(
      `The espeak voice needs the optional package ${PACKAGE} (GPL-3.0), which is not installed. ` +
        `Install it with "npm install ${PACKAGE}", or choose another speech engine.`,
      { cause: error },
    )
  }
}
