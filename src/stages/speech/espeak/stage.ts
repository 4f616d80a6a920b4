import type { AudioPacket, MarkPacket, Phoneme, TextPacket, VoiceStyle } from '../../../pipeline/packet.js'
import { defineStage, type Stage } from '../../../pipeline/stage.js'
import { samplesToMicroseconds, type Microseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import type { EngineOf, EngineSession } from '../../../runtime/engine.js'
import { mainLanguage } from '../../text/language.js'
import { nothingToSpeak } from '../../text/limit.js'
import { ESPEAK_SAMPLE_RATE, type EspeakInput, type SpeechPiece } from './contract.js'
import type program from './program.js'
import { prosodyOf } from './prosody.js'

export { ESPEAK_SAMPLE_RATE } from './contract.js'

export type EspeakEngine = EngineOf<typeof program>

export interface EspeakSpeechOptions {
  /** The voice where a text says nothing of its own, field by field. */
  readonly voice?: VoiceStyle
}

interface State {
  readonly session: EngineSession<EspeakInput, SpeechPiece>
  /** Samples of the turn so far: the one counter that all times come from. */
  position: number
  /** What the turn speaks, for a clause without letters. */
  language: string | undefined
}

/**
 * Clauses to speech at 22 050 Hz: for each clause a `segment-start` mark with its text, packets of 100–200 ms with
 * their phonemes, a `segment-end` mark. Times run on over the whole turn, without gaps.
 *
 * - A packet waits for the turn's flow window; the engine makes no more than one clause ahead.
 * - A clause in which nothing can be read gives no packets.
 * - The stream fails with an InputError when a voice style is out of range, and at its end when nothing was spoken.
 */
export function espeakSpeech(
  engine: EspeakEngine,
  options: EspeakSpeechOptions = {},
): Stage<TextPacket, AudioPacket | MarkPacket> {
  return defineStage<TextPacket, AudioPacket | MarkPacket, State>({
    name: 'speech',
    state: async (_turn, signal) => ({
      session: await engine.open(undefined, { signal }),
      position: 0,
      language: undefined,
    }),
    async *process({ text, language, voice }, state, { turn, signal }) {
      state.language = language ?? mainLanguage(text) ?? state.language
      const style = { ...options.voice, ...voice }
      const input: EspeakInput = {
        text,
        prosody: prosodyOf(style),
        ...(state.language === undefined ? {} : { language: state.language }),
      }
      const start = state.position
      for await (const piece of state.session.process(input)) {
        await turn.window.admit(timeOf(state.position), signal)
        if (state.position === start) yield mark('segment-start', turn, timeOf(start), text)
        yield audioOf(piece, state.position, turn, style.emotion)
        state.position += piece.samples.length
      }
      if (state.position > start) yield mark('segment-end', turn, timeOf(state.position), text)
    },
    // eslint-disable-next-line require-yield -- nothing is left; the check belongs to the end of the input
    *flush(state) {
      if (state.position === 0) throw nothingToSpeak()
    },
    close: ({ session }) => session.close(),
  })
}

function timeOf(samples: number): Microseconds {
  return samplesToMicroseconds(samples, ESPEAK_SAMPLE_RATE)
}

function mark(kind: MarkPacket['mark'], turn: Turn, timestamp: Microseconds, text: string): MarkPacket {
  return { kind: 'mark', mark: kind, turn: turn.id, timestamp, duration: 0, text }
}

function audioOf(
  { samples, phonemes }: SpeechPiece,
  position: number,
  turn: Turn,
  emotion: readonly number[] | undefined,
): AudioPacket {
  const timestamp = timeOf(position)
  return {
    kind: 'audio',
    turn: turn.id,
    timestamp,
    duration: timeOf(position + samples.length) - timestamp,
    samples,
    sampleRate: ESPEAK_SAMPLE_RATE,
    phonemes: phonemes.map(({ symbol, start, length }): Phoneme => {
      const begin = timeOf(position + start)
      return { symbol, timestamp: begin, duration: timeOf(position + start + length) - begin }
    }),
    ...(emotion === undefined ? {} : { emotion }),
  }
}
