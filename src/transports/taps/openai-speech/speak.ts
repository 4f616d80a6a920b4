import { of } from 'rxjs'
import { openAudioStream, type AudioStream } from '../../../media/audio-stream/open.js'
import { speakingLine } from '../../../pipeline/line.js'
import { isKind } from '../../../pipeline/packet.js'
import { runTurn } from '../../../pipeline/run.js'
import type { Sink } from '../../../pipeline/sink.js'
import { Turn } from '../../../pipeline/turn.js'
import type { PulledBody } from '../../http/pulled-body.js'
import type { TapServices } from '../tap.js'
import { deltaEvent, doneEvent } from './events.js'
import { usageOf, type SpeechRequest } from './protocol.js'
import { mannerOf } from './voices.js'

export interface SpeakOptions {
  /** Names the turn in telemetry. */
  readonly id: string
  readonly signal: AbortSignal
  /** Takes the answer, at its reader's pace. It is not ended. */
  readonly body: PulledBody
}

/**
 * Serves one request with the line's own voice, coded while it is spoken. Resolves when all of its work has ended.
 * @throws PhizError saying what cannot work; CancelledError when the signal aborts or the reader has left
 */
export async function speak(
  { catalogue, telemetry }: Pick<TapServices, 'catalogue' | 'telemetry'>,
  request: SpeechRequest,
  { id, signal, body }: SpeakOptions,
): Promise<void> {
  const turn = new Turn({ id, telemetry, signal })
  let coder: AudioStream | undefined
  try {
    const speech = await catalogue.speech()
    turn.signal.throwIfAborted()
    const { sampleRate } = speech
    const { voice, tempo } = mannerOf(request.voice, request.speed, request.instructions)
    coder = await openAudioStream(request.format, sampleRate, tempo)
    const line = speakingLine({ segment: catalogue.segment(), speech: speech.stage })
    const text = { kind: 'text', turn: turn.id, timestamp: 0, duration: 0, text: request.input } as const
    const packets$ = of({ ...text, ...(voice && { voice }) }).pipe(line.open(turn))
    await runTurn(
      packets$,
      [bodySink({ coder, samplesASecond: sampleRate * tempo }, request, body, turn.signal)],
      turn,
    )
  } finally {
    await turn.ended()
    coder?.close()
  }
}

interface Sound {
  readonly coder: AudioStream
  /** Samples that go into the coder for a second of what comes out. */
  readonly samplesASecond: number
}

/** Audio → the bytes of the answer, each packet's as soon as they are made and the client takes them. */
function bodySink(
  { coder, samplesASecond }: Sound,
  request: SpeechRequest,
  body: PulledBody,
  signal: AbortSignal,
): Sink {
  let samples = 0
  const send = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length > 0) await body.write(request.events ? deltaEvent(bytes) : bytes, signal)
  }
  return {
    name: 'openai-speech',
    kinds: ['audio'],
    write: async (packet) => {
      if (!isKind('audio')(packet)) return
      samples += packet.samples.length
      await send(await coder.encode(packet.samples))
    },
    finish: async () => {
      await send(await coder.finish())
      if (request.events) await body.write(doneEvent(usageOf(request, samples / samplesASecond)), signal)
    },
  }
}
