import type { AudioPacket, MarkPacket, Phoneme, TextPacket, VoiceStyle } from '../../pipeline/packet.js'
import { defineStage, type Stage } from '../../pipeline/stage.js'
import { samplesToMicroseconds, type Microseconds } from '../../pipeline/time.js'
import type { Turn } from '../../pipeline/turn.js'
import type { Engine, EngineSession } from '../../runtime/engine.js'
import { mainLanguage } from '../text/language.js'
import { nothingToSpeak } from '../text/limit.js'
import { prosodyOf } from './prosody.js'
import type { ClauseInput, SpeechPiece, SpokenPhoneme } from './spoken.js'

/** What a voice's program takes and gives, whatever it is opened with. */
export type VoiceEngine<Init> = Engine<Init, ClauseInput, SpeechPiece>

export interface VoiceStageOptions<Init> {
  readonly engine: Pick<VoiceEngine<Init>, 'open'>
  /** What each turn's session is opened with. */
  readonly init: Init
  /** Hz of the engine's pieces. */
  readonly sampleRate: number
  /** The voice where a text says nothing of its own, field by field. */
  readonly voice?: VoiceStyle | undefined
}

interface State {
  readonly session: EngineSession<ClauseInput, SpeechPiece>
  /** Samples of the turn so far: the one counter that all times come from. */
  position: number
  /** What the turn speaks, for a clause without letters. */
  language: string | undefined
}

/**
 * Clauses to speech: for each clause a `segment-start` mark with its text, packets with their phonemes where the voice
 * knows them, a `segment-end` mark. Times run on over the whole turn, without gaps.
 *
 * - A packet waits for the turn's flow window; the engine makes no more than one clause ahead.
 * - A clause in which nothing can be read gives no packets.
 * - The stream fails with an InputError when a voice style is out of range, and at its end when nothing was spoken.
 */
export function voiceStage<Init>({
  engine,
  init,
  sampleRate,
  voice: usual,
}: VoiceStageOptions<Init>): Stage<TextPacket, AudioPacket | MarkPacket> {
  const timeOf = (samples: number): Microseconds => samplesToMicroseconds(samples, sampleRate)

  return defineStage<TextPacket, AudioPacket | MarkPacket, State>({
    name: 'speech',
    state: async (_turn, signal) => ({
      session: await engine.open(init, { signal }),
      position: 0,
      language: undefined,
    }),
    async *process({ text, language, voice }, state, { turn, admit }) {
      state.language = language ?? mainLanguage(text) ?? state.language
      const style = { ...usual, ...voice }
      const input: ClauseInput = {
        text,
        prosody: prosodyOf(style),
        ...(state.language === undefined ? {} : { language: state.language }),
      }
      const start = state.position
      for await (const piece of state.session.process(input)) {
        await admit(timeOf(state.position))
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
      sampleRate,
      ...(phonemes === undefined ? {} : { phonemes: phonemes.map((one) => phonemeOf(one, position)) }),
      ...(emotion === undefined ? {} : { emotion }),
    }
  }

  function phonemeOf({ symbol, start, length }: SpokenPhoneme, position: number): Phoneme {
    const timestamp = timeOf(position + start)
    return { symbol, timestamp, duration: timeOf(position + start + length) - timestamp }
  }
}

function mark(kind: MarkPacket['mark'], turn: Turn, timestamp: Microseconds, text: string): MarkPacket {
  return { kind: 'mark', mark: kind, turn: turn.id, timestamp, duration: 0, text }
}
