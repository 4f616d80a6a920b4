import { MediaError } from '../../../errors.js'
import { decodeAudio, probeAudio, type AudioSource } from '../../../media/decode.js'
import { wavHeader } from '../../../media/wav.js'
import { joinSamples } from '../../../pipeline/join-samples.js'
import { chunkForm } from './sound-signature.js'

/** Rate of headerless chunks in Hz, as the document records them. */
const HEADERLESS_RATE = 16_000

/** Rates that the line takes as they are; others are resampled to the nearest of the two ends. */
const LOWEST_RATE = 16_000
const HIGHEST_RATE = 48_000

/** An uploaded chunk that is known to be sound. */
export interface ChunkSound {
  readonly file: Uint8Array
  /** Hz at which the line should hear it. */
  readonly sampleRate: number
}

/**
 * Finds out what an uploaded chunk is. Headerless samples are given the header that they lack.
 * @throws MediaError when it is no sound
 */
export async function openChunk(bytes: Uint8Array): Promise<ChunkSound> {
  switch (chunkForm(bytes)) {
    case 'container':
      return { file: bytes, sampleRate: await lineRate(bytes, 'audio_chunk') }
    case 'headerless':
      return { file: withHeader(bytes), sampleRate: HEADERLESS_RATE }
    case 'other':
      throw new MediaError(
        `audio_chunk (${bytes.length} bytes) is neither a sound file nor 16 kHz mono 16-bit PCM.`,
      )
  }
}

/** Decodes a chunk whole: it is a few seconds at the most. */
export async function decodeChunk(
  file: Uint8Array,
  sampleRate: number,
  maxSeconds: number,
): Promise<Float32Array> {
  const pieces: Float32Array[] = []
  for await (const piece of decodeAudio(file, { sampleRate, maxSeconds, name: 'audio_chunk' })) {
    pieces.push(piece)
  }
  return joinSamples(pieces)
}

/** The rate at which the line hears a recording: its own, within what the line takes. */
export async function lineRate(file: AudioSource, name: string, signal?: AbortSignal): Promise<number> {
  const { sampleRate } = await probeAudio(file, { name, ...(signal && { signal }) })
  return Math.min(Math.max(sampleRate, LOWEST_RATE), HIGHEST_RATE)
}

function withHeader(samples: Uint8Array): Uint8Array {
  const header = wavHeader(HEADERLESS_RATE, samples.length)
  const file = new Uint8Array(header.length + samples.length)
  file.set(header)
  file.set(samples, header.length)
  return file
}
