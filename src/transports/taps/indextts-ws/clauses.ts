import { InputError } from '../../../errors.js'
import { joinSamples } from '../../../pipeline/join-samples.js'
import type { FaceOutput } from '../../../pipeline/line.js'
import type { AudioPacket, TextPacket } from '../../../pipeline/packet.js'
import { defineStage, type Stage } from '../../../pipeline/stage.js'
import { samplesToMicroseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import { PieceResampler } from '../../../stages/speech/piece-resampler.js'
import { DEFAULT_MAX_LENGTH, segment } from '../../../stages/text/segment.js'
import { INDEXTTS_SAMPLE_RATE } from './protocol.js'
import { SentencePauses } from './sentence-pauses.js'

/**
 * Letters that a token stands for: a Chinese character is about one token of IndexTTS-2 and counts as three letters
 * where phiz cuts texts; English has three to four letters a token.
 */
const LETTERS_PER_TOKEN = 3
/** Longest sound of one request, in seconds: 80 MB of WAV. */
const LONGEST_SECONDS = 30 * 60

/** Cuts clauses that are longer than `maxTokens`. From 50 tokens on the line's own clauses are never longer. */
export function shorterClauses(maxTokens: number): Stage<TextPacket, TextPacket> {
  const length = maxTokens * LETTERS_PER_TOKEN
  return defineStage<TextPacket, TextPacket, undefined>({
    name: 'shorten',
    state: () => undefined,
    *process(packet) {
      if (length >= DEFAULT_MAX_LENGTH) yield packet
      else {
        const options = { firstLength: length, maxLength: length }
        for (const text of segment(packet.text, options)) yield { ...packet, text }
      }
    },
  })
}

interface State {
  readonly resampler: PieceResampler
  readonly pauses: SentencePauses
  /** The clause that is being spoken. */
  sound: Float32Array[]
  /** Samples that have left, and those together with what waits in `sound`. */
  left: number
  position: number
  text: string
}

/**
 * The sound of each clause in one packet at {@link INDEXTTS_SAMPLE_RATE}, with the silence that was asked for between
 * sentences. What is left at the end comes as one more packet.
 *
 * It holds a clause, however long: the turn's window must be open.
 *
 * @param sampleRate Hz of the voice; @param intervalSilence milliseconds
 * @throws InputError when the sound grows longer than half an hour
 */
export function wholeClauses(sampleRate: number, intervalSilence: number): Stage<FaceOutput, AudioPacket> {
  return defineStage<FaceOutput, AudioPacket, State>({
    name: 'clauses',
    state: () => ({
      resampler: new PieceResampler(sampleRate, INDEXTTS_SAMPLE_RATE),
      pauses: new SentencePauses(INDEXTTS_SAMPLE_RATE, intervalSilence),
      sound: [],
      position: 0,
      left: 0,
      text: '',
    }),
    *process(packet, state, { turn }) {
      if (packet.kind === 'audio') {
        // The resampler reads them and keeps none.
        const samples = packet.samples as Float32Array<ArrayBuffer>
        collect(state.resampler.push({ samples })?.samples, state)
      } else if (packet.kind === 'mark' && packet.mark === 'segment-start') {
        state.text = packet.text ?? ''
      } else if (packet.kind === 'mark') {
        yield* leave(state.pauses.clause(takeSound(state), state.text), state, turn)
      }
    },
    *flush(state, { turn }) {
      collect(state.resampler.flush()?.samples, state)
      yield* leave(joinSamples([state.pauses.flush(), ...state.sound]), state, turn)
    },
  })
}

function collect(samples: Float32Array | undefined, state: State): void {
  if (samples === undefined) return
  state.sound.push(samples)
  state.position += samples.length
  if (state.position <= LONGEST_SECONDS * INDEXTTS_SAMPLE_RATE) return
  throw new InputError(
    `The speech is longer than ${LONGEST_SECONDS / 60} minutes. Send the text in several requests.`,
  )
}

function takeSound(state: State): Float32Array {
  const { sound } = state
  state.sound = []
  return joinSamples(sound)
}

function* leave(samples: Float32Array, state: State, turn: Turn): Generator<AudioPacket> {
  if (samples.length === 0) return
  const timestamp = samplesToMicroseconds(state.left, INDEXTTS_SAMPLE_RATE)
  state.left += samples.length
  state.position = state.left
  const duration = samplesToMicroseconds(state.left, INDEXTTS_SAMPLE_RATE) - timestamp
  yield { kind: 'audio', turn: turn.id, timestamp, duration, samples, sampleRate: INDEXTTS_SAMPLE_RATE }
}
