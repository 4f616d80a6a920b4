import { PhizError } from '../../../errors.js'
import { decodeAudio } from '../../../media/decode.js'
import { badAnswer, type RemoteServer } from '../../../net/server.js'
import { pauseAfter } from '../pauses.js'
import { PieceCutter } from '../pieces.js'
import type { SpeechPiece } from '../spoken.js'
import { REMOTE_SAMPLE_RATE } from './protocol.js'

/** Samples of an ordinary piece, 100 ms. */
const PIECE_SAMPLES = REMOTE_SAMPLE_RATE / 10
/** Longest sound of one clause, in seconds. */
const LONGEST_CLAUSE = 180
/** What is below this counts as silence: −54 dB of full scale. */
const SILENCE = 0.002
/** A pause shorter than this part of the usual one is none. */
const LEAST_PAUSE = 0.5

/**
 * The sound of one clause, from WAV files to pieces at {@link REMOTE_SAMPLE_RATE}. A voice that leaves no pause after
 * the clause is given one: clauses are asked for one by one, and their server cannot know that more follow.
 *
 * @throws UnavailableError when a file holds no sound, or far too much
 */
export async function* clauseSound(
  wavs: AsyncIterable<Uint8Array>,
  text: string,
  server: RemoteServer,
  signal: AbortSignal,
): AsyncGenerator<SpeechPiece, void, undefined> {
  const cutter = new PieceCutter(PIECE_SAMPLES)
  let samples = 0
  let silence = 0
  for await (const wav of wavs) {
    for await (const chunk of soundOf(wav, server, signal)) {
      samples += chunk.length
      const quiet = trailingSilence(chunk)
      silence = quiet === chunk.length ? silence + quiet : quiet
      if (samples > LONGEST_CLAUSE * REMOTE_SAMPLE_RATE) {
        throw badAnswer(server, `it spoke for more than ${LONGEST_CLAUSE} s on one clause`)
      }
      // Chunks of the decoder are fresh arrays on memory of their own.
      yield* cutter.push({ samples: chunk as Float32Array<ArrayBuffer> })
    }
  }
  const pause = Math.round((pauseAfter(text) / 1000) * REMOTE_SAMPLE_RATE)
  if (samples > 0 && silence < LEAST_PAUSE * pause) {
    yield* cutter.push({ samples: new Float32Array(pause - silence) })
  }
  yield* cutter.flush()
}

async function* soundOf(
  wav: Uint8Array,
  server: RemoteServer,
  signal: AbortSignal,
): AsyncGenerator<Float32Array, void, undefined> {
  const name = `sound from ${server.address.shown}`
  try {
    yield* decodeAudio(wav, { sampleRate: REMOTE_SAMPLE_RATE, maxSeconds: LONGEST_CLAUSE, name, signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!PhizError.isInstance(error)) throw error
    throw badAnswer(server, 'what it sent as sound cannot be read', error)
  }
}

function trailingSilence(samples: Float32Array): number {
  let start = samples.length
  while (start > 0 && Math.abs(samples[start - 1]!) < SILENCE) start -= 1
  return samples.length - start
}
