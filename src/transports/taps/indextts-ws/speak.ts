import { of } from 'rxjs'
import { encodeWav, wavHeader, WAV_HEADER_BYTES } from '../../../media/wav.js'
import { chain } from '../../../pipeline/compose.js'
import { speakingLine } from '../../../pipeline/line.js'
import type { AudioPacket } from '../../../pipeline/packet.js'
import { runTurn } from '../../../pipeline/run.js'
import type { Sink } from '../../../pipeline/sink.js'
import { Turn } from '../../../pipeline/turn.js'
import type { TapServices } from '../tap.js'
import { shorterClauses, wholeClauses } from './clauses.js'
import { INDEXTTS_SAMPLE_RATE, type SpeechRequest } from './protocol.js'
import type { References } from './references.js'
import { styleOf } from './style.js'

export interface SpeakServices extends Pick<TapServices, 'catalogue' | 'telemetry'> {
  readonly references: References
  /** 0 to 1, for requests that want chance. */
  readonly random: () => number
}

export interface SpeakOptions {
  /** Names the turn in telemetry. */
  readonly id: string
  readonly signal: AbortSignal
  /** Takes each WAV: one with all of the sound, or one for each clause when the request streams. */
  readonly take: (wav: Uint8Array) => void
}

/**
 * Serves one request with the line's own voice. Resolves when all of its work has ended.
 * @throws PhizError saying what cannot work; CancelledError when the signal aborts
 */
export async function speak(
  { catalogue, telemetry, references, random }: SpeakServices,
  request: SpeechRequest,
  { id, signal, take }: SpeakOptions,
): Promise<void> {
  // A clause is sent when it is whole, however long it is; the length of all is limited by `wholeClauses`.
  const turn = new Turn({ id, telemetry, signal, windowSpan: Infinity })
  try {
    const { promptAudio, emotion } = request
    const speech = await catalogue.speech()
    const speaker = promptAudio === undefined ? undefined : await references.styleOf(promptAudio, signal)
    const emotional = emotion.mode === 'audio' ? await references.styleOf(emotion.path, signal) : undefined
    turn.signal.throwIfAborted()
    const voice = styleOf(emotion, { speaker, emotion: emotional }, request.useRandom ? random : undefined)
    const line = chain(
      speakingLine({
        segment: chain(catalogue.segment(), shorterClauses(request.maxTokens)),
        speech: speech.stage,
      }),
      wholeClauses(speech.sampleRate, request.intervalSilence),
    )
    const text = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text: request.text } as const
    const packets$ = of({ ...text, ...(voice && { voice }) }).pipe(line.open(turn))
    await runTurn(packets$, [request.stream ? pieceSink(take) : wholeSink(take)], turn)
  } finally {
    await turn.ended()
  }
}

function pieceSink(take: SpeakOptions['take']): Sink {
  return {
    name: 'indextts-ws',
    kinds: ['audio'],
    write: (packet) => {
      take(encodeWav((packet as AudioPacket).samples, INDEXTTS_SAMPLE_RATE))
    },
  }
}

function wholeSink(take: SpeakOptions['take']): Sink {
  const pieces: Uint8Array[] = []
  return {
    name: 'indextts-ws',
    kinds: ['audio'],
    // Coded a clause at a time, so that a long text stops nobody else.
    write: (packet) => {
      const wav = encodeWav((packet as AudioPacket).samples, INDEXTTS_SAMPLE_RATE)
      pieces.push(wav.subarray(WAV_HEADER_BYTES))
    },
    finish: () => {
      const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
      take(Buffer.concat([wavHeader(INDEXTTS_SAMPLE_RATE, bytes), ...pieces]))
    },
  }
}
