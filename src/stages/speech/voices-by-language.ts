import type { EngineSession, OpenOptions } from '../../runtime/engine.js'
import { mainLanguage, splitLanguages } from '../text/language.js'
import { PieceResampler } from './piece-resampler.js'
import type { ClauseInput, SpeechPiece } from './spoken.js'

/** What opens a voice for a turn. */
export interface VoiceOpener {
  open(options: OpenOptions): Promise<EngineSession<ClauseInput, SpeechPiece>>
}

/** A voice that shares its turns with another. */
export interface SharedVoice extends VoiceOpener {
  /** Hz of its pieces. */
  readonly sampleRate: number
  /** Whether it tells when its phonemes sound. */
  readonly knowsPhonemes: boolean
}

/**
 * One voice made of two: a clause that is English throughout is spoken by the one, any other by the other, names in
 * Latin letters within it included. Everything comes at the English voice's rate. Phonemes come only when both voices
 * know them: a turn has them throughout or not at all.
 *
 * @param others For all that is not English; an error when there is no such voice, which clauses that need it fail with.
 */
export function voicesByLanguage(english: SharedVoice, others: SharedVoice | Error): SharedVoice {
  const knowsPhonemes = english.knowsPhonemes && (others instanceof Error || others.knowsPhonemes)
  return {
    sampleRate: english.sampleRate,
    knowsPhonemes,
    open: (options) => {
      const pieces = (piece: SpeechPiece): SpeechPiece => (knowsPhonemes ? piece : { samples: piece.samples })
      return Promise.resolve(new SharedSession(english, others, options, pieces))
    },
  }
}

/** Whether a clause is for the English voice. @param language of a text without letters */
export function isEnglish(text: string, language?: string): boolean {
  if (mainLanguage(text) === undefined) return (language ?? 'en').toLowerCase().startsWith('en')
  return splitLanguages(text, language).every((run) => run.language === 'en')
}

class SharedSession implements EngineSession<ClauseInput, SpeechPiece> {
  readonly #english: SharedVoice
  readonly #others: SharedVoice | Error
  readonly #options: OpenOptions
  readonly #told: (piece: SpeechPiece) => SpeechPiece
  /** Opened when first needed: most turns speak one language. */
  readonly #sessions = new Map<SharedVoice, Promise<EngineSession<ClauseInput, SpeechPiece>>>()

  constructor(
    english: SharedVoice,
    others: SharedVoice | Error,
    options: OpenOptions,
    told: (piece: SpeechPiece) => SpeechPiece,
  ) {
    this.#english = english
    this.#others = others
    this.#options = options
    this.#told = told
  }

  async *process(input: ClauseInput): AsyncGenerator<SpeechPiece> {
    const voice = isEnglish(input.text, input.language) ? this.#english : this.#others
    if (voice instanceof Error) throw voice
    const pieces = (await this.#session(voice)).process(input)
    for await (const piece of resampled(pieces, voice.sampleRate, this.#english.sampleRate)) {
      yield this.#told(piece)
    }
  }

  // eslint-disable-next-line require-yield -- clauses are whole: no voice keeps anything back
  async *flush(): AsyncGenerator<SpeechPiece> {
    await Promise.resolve()
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#sessions.values())
    for (const one of opened) if (one.status === 'fulfilled') await one.value.close()
  }

  #session(voice: SharedVoice): Promise<EngineSession<ClauseInput, SpeechPiece>> {
    let session = this.#sessions.get(voice)
    if (session === undefined) {
      session = voice.open(this.#options)
      this.#sessions.set(voice, session)
    }
    return session
  }
}

/** The pieces of one clause at another rate. */
async function* resampled(
  pieces: AsyncIterable<SpeechPiece>,
  from: number,
  to: number,
): AsyncGenerator<SpeechPiece> {
  if (from === to) {
    yield* pieces
    return
  }
  const resampler = new PieceResampler(from, to)
  for await (const piece of pieces) {
    const ready = resampler.push(piece)
    if (ready !== undefined) yield ready
  }
  const rest = resampler.flush()
  if (rest !== undefined) yield rest
}
