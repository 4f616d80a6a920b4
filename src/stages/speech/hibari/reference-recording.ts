import { decodeAudio } from '../../../media/decode.js'
import type { VoiceStyle } from '../../../pipeline/packet.js'
import type { ReferenceEngine } from './reference-model.js'

const SAMPLE_RATE = 16_000
/** Seconds that are read: more says nothing new about a speaker. */
const SECONDS = 15

/**
 * The pitch and pace of the speaker in a recording, for the voice to take on: see `referenceStyle`. The file is decoded
 * here and measured in the engine's worker.
 *
 * @param name What errors call the recording. Default: the path.
 * @throws InputError or MediaError when the file cannot be read; InputError when hardly any voice is in it;
 * CancelledError when the signal aborts
 */
export async function recordedStyle(
  engine: ReferenceEngine,
  path: string,
  signal: AbortSignal,
  name = path,
): Promise<VoiceStyle> {
  const buffer = new Float32Array(SAMPLE_RATE * SECONDS)
  let filled = 0
  for await (const chunk of decodeAudio(path, { sampleRate: SAMPLE_RATE, signal, name })) {
    const room = buffer.length - filled
    buffer.set(chunk.subarray(0, room), filled)
    filled += Math.min(chunk.length, room)
    if (filled === buffer.length) break
  }
  const session = await engine.open(undefined, { signal })
  try {
    const sound = { samples: buffer.subarray(0, filled), sampleRate: SAMPLE_RATE }
    for await (const style of session.process(sound, [buffer.buffer])) return style
    throw new Error('The worker gave no style.')
  } finally {
    await session.close()
  }
}
