import { InputError } from '../../../errors.js'
import { badAnswer, type RemoteServer } from '../../../net/server.js'
import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import { defineStage, type Stage } from '../../../pipeline/stage.js'
import { MICROSECONDS_PER_SECOND, samplesToMicroseconds, type Microseconds } from '../../../pipeline/time.js'
import type { Life } from '../../life.js'
import { emotionOffsets, type Emotion } from '../emotion.js'
import { HeardFace } from '../heard-face.js'
import { Chunks, LONGEST_CHUNK } from './chunks.js'
import { RemoteSession } from './session.js'

export interface RemoteExpressionOptions {
  readonly server: RemoteServer
  /** Frames a second that the server makes. */
  readonly fps: number
  /** Any integer: decides how the head sways. */
  readonly seed: number
  /** Emotion where the sound says nothing of its own. Default `neutral`. */
  readonly emotion?: Emotion
  /** What the turns are a part of. Default: each is a life of its own. */
  readonly life?: Life
}

/** Sound that a server may hold back before its frames come: what an engine with a look-ahead needs. */
const MOST_HELD: Microseconds = 500_000
/** Chunks of silence, half a second each, that are sent for what the server has held back. */
const MOST_SILENCES = 3

interface State {
  readonly session: RemoteSession
  readonly face: HeardFace
  /** Made with the first packet, which decides the rate. */
  chunks: Chunks | undefined
  /** The newest frame as it came. */
  latest: Float32Array | undefined
}

/**
 * Speech to the motion of a face by a LAM-A2E HTTP server: a streaming session for each turn, which is always closed.
 *
 * - Frames: index from 0, ⌈duration of the audio × fps⌉ in all; the last ends with the audio. They are counted: the
 *   server's own times begin anew in each answer.
 * - Look-ahead: a chunk of up to a second, and half a second that the server may hold back.
 * - The server hears the sound alone. The emotion is added to what it makes, away from the lips, and the head sways as
 *   the seed says.
 * - The stream fails with an UnavailableError naming the server when it is away, falls silent, or fails.
 */
export function remoteExpression({
  server,
  fps,
  seed,
  emotion = 'neutral',
  life,
}: RemoteExpressionOptions): Stage<AudioPacket, MotionPacket> {
  const usual = emotionOffsets(emotion)
  return defineStage<AudioPacket, MotionPacket, State>({
    name: 'expression',
    lookahead: LONGEST_CHUNK * MICROSECONDS_PER_SECOND + MOST_HELD,
    state: async (turn, signal) => ({
      session: await RemoteSession.open(server, fps, signal),
      face: new HeardFace({
        turn: turn.id,
        fps,
        seed,
        emotion: usual,
        mood: life?.mood,
        idleStart: life === undefined ? 0 : (life.zeroOf(turn) * fps) / MICROSECONDS_PER_SECOND,
      }),
      chunks: undefined,
      latest: undefined,
    }),
    async *process(packet, state, { signal }) {
      const { sampleRate, samples } = packet
      const chunks = (state.chunks ??= new Chunks(sampleRate))
      if (sampleRate !== chunks.sampleRate) {
        throw new InputError(
          `A turn has one sample rate; this one began at ${chunks.sampleRate} Hz, now ${sampleRate}.`,
        )
      }
      const offsets = packet.emotion === undefined ? usual : emotionOffsets(packet.emotion)
      state.face.emotion.changeAt(chunks.samples / sampleRate, offsets)
      for (const chunk of chunks.push(samples)) yield* framesOf(chunk, chunks, state, signal)
    },
    async *flush(state, { signal }) {
      const { chunks, face } = state
      if (chunks === undefined) return
      for (const chunk of chunks.flush()) yield* framesOf(chunk, chunks, state, signal, true)
      for (let i = 0; i < MOST_SILENCES && face.frames < framesIn(chunks); i++) {
        yield* framesOf(chunks.silence(), chunks, state, signal, true)
      }
      const { latest } = state
      if (latest === undefined) throw badAnswer(server, 'it made no frames')
      // A server that counts short is not waited for any longer.
      while (face.frames < framesIn(chunks)) yield face.next(latest.slice(), endOf(chunks))
    },
    close: ({ session }) => session.close(),
  })

  /** @param hasEnded whether all of the sound has come: its last frame ends with it */
  async function* framesOf(
    chunk: Float32Array,
    chunks: Chunks,
    state: State,
    signal: AbortSignal,
    hasEnded = false,
  ): AsyncGenerator<MotionPacket> {
    for (const weights of await state.session.chunk(chunk, chunks.sampleRate, signal)) {
      // What the server makes beyond the sound belongs to the silence after it.
      if (state.face.frames >= framesIn(chunks)) return
      state.latest = weights.slice()
      yield state.face.next(weights, hasEnded ? endOf(chunks) : undefined)
    }
  }

  function framesIn({ samples, sampleRate }: Chunks): number {
    return Math.ceil((samples * fps) / sampleRate)
  }
}

function endOf({ samples, sampleRate }: Chunks): Microseconds {
  return samplesToMicroseconds(samples, sampleRate)
}
