import { fileURLToPath } from 'node:url'
import { decodeAudio } from '../../src/media/decode.js'
import { joinSamples } from '../../src/pipeline/join-samples.js'

/** A sentence of 7.1 s, 16-bit mono at 16 kHz. */
export const SPEECH_CLIP = fileURLToPath(new URL('../../test/media/speech-en-7s.wav', import.meta.url))

/** Hz of the samples. */
export const CLIP_RATE = 16_000

/** Its samples, mono in [-1, 1]. */
export async function speechClip(): Promise<Float32Array> {
  const chunks: Float32Array[] = []
  for await (const chunk of decodeAudio(SPEECH_CLIP, { sampleRate: CLIP_RATE })) chunks.push(chunk)
  return joinSamples(chunks)
}
