import { decodeAudio } from '../../../media/decode.js'
import type { VoiceStyle } from '../../../pipeline/packet.js'
import { referenceStyle } from './reference-style.js'

const SAMPLE_RATE = 16_000
/** Seconds that are read: more says nothing new about a speaker. */
const SECONDS = 15

/**
 * The pitch and pace of the speaker in a recording, for the voice to take on: see {@link referenceStyle}.
 *
 * @param name What errors call the recording. Default: the path.
 * @throws InputError or MediaError when the file cannot be read; InputError when hardly any voice is in it
 */
export async function recordedStyle(path: string, signal: AbortSignal, name = path): Promise<VoiceStyle> {
  const samples = new Float32Array(SAMPLE_RATE * SECONDS)
  let filled = 0
  for await (const chunk of decodeAudio(path, { sampleRate: SAMPLE_RATE, signal, name })) {
    const room = samples.length - filled
    samples.set(chunk.subarray(0, room), filled)
    filled += Math.min(chunk.length, room)
    if (filled === samples.length) break
  }
  return referenceStyle(samples.subarray(0, filled), SAMPLE_RATE)
}
