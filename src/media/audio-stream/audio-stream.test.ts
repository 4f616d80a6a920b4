import { describe, expect, it } from 'vitest'
import { readClip } from '../../../test/media/encode-audio.js'
import { Resampler } from '../../dsp/resample.js'
import { decodeAudio, probeAudio } from '../decode.js'
import { AUDIO_STREAM_FORMATS, AUDIO_STREAM_RATE, type AudioStreamFormat } from './formats.js'
import { openAudioStream } from './open.js'
import { likeness } from './fixtures/likeness.js'

const CLIP_RATE = 16_000

/** The clip through a stream, in pieces of odd lengths: the bytes of each call. */
async function coded(format: AudioStreamFormat, samples: Float32Array, sampleRate = CLIP_RATE) {
  const stream = await openAudioStream(format, sampleRate)
  const pieces: Uint8Array[] = []
  for (let at = 0, length = 1; at < samples.length; at += length, length = (length * 7) % 3001) {
    pieces.push(await stream.encode(samples.subarray(at, at + length)))
  }
  pieces.push(await stream.finish())
  stream.close()
  return { pieces, bytes: Buffer.concat(pieces) }
}

async function decoded(bytes: Uint8Array): Promise<Float32Array> {
  const chunks: Float32Array[] = []
  for await (const chunk of decodeAudio(bytes, { sampleRate: AUDIO_STREAM_RATE })) chunks.push(chunk)
  return Float32Array.from(chunks.flatMap((chunk) => [...chunk]))
}

function at24k(samples: Float32Array): Float32Array {
  const resampler = new Resampler(CLIP_RATE, AUDIO_STREAM_RATE)
  return Float32Array.from([...resampler.process(samples), ...resampler.flush()])
}

describe('openAudioStream', () => {
  it.each(AUDIO_STREAM_FORMATS.filter((format) => format !== 'pcm'))(
    'makes %s that decodes to what went in, while it goes in',
    async (format) => {
      const clip = await readClip('speech-en-3s')
      const { pieces, bytes } = await coded(format, clip)
      // A second of input is enough for sound to have left.
      const early = Buffer.concat(pieces.slice(0, pieces.length / 3))
      expect(early.length).toBeGreaterThan(bytes.length / 6)

      const expected = at24k(clip)
      const sound = await decoded(bytes)
      expect(await probeAudio(bytes)).toMatchObject({
        sampleRate: format === 'opus' ? 48_000 : AUDIO_STREAM_RATE,
      })
      expect(Math.abs(sound.length - expected.length) / AUDIO_STREAM_RATE).toBeLessThan(0.13)
      expect(likeness(expected, sound, { sampleRate: AUDIO_STREAM_RATE, from: 1 })).toBeGreaterThan(
        format === 'opus' ? 0.95 : 0.99,
      )
    },
  )

  it('leaves the length of a WAV open, and pcm without a header', async () => {
    const clip = await readClip('speech-en-3s')
    const wav = (await coded('wav', clip)).bytes
    expect(wav.subarray(0, 44)).toEqual(
      Buffer.from(
        '52494646ffffffff57415645666d74201000000001000100c05d000080bb00000200100064617461ffffffff',
        'hex',
      ),
    )
    const pcm = (await coded('pcm', clip)).bytes
    expect(pcm.length).toBe(at24k(clip).length * 2)
    expect(wav.subarray(44).equals(pcm)).toBe(true)
  })

  it.each(AUDIO_STREAM_FORMATS)(
    'ends %s without samples, and with a hundredth of a second',
    async (format) => {
      await coded(format, new Float32Array(0), AUDIO_STREAM_RATE)
      const { bytes } = await coded(format, new Float32Array(240), AUDIO_STREAM_RATE)
      if (format === 'pcm') expect(bytes).toEqual(Buffer.alloc(480))
      else expect((await decoded(bytes)).length).toBeGreaterThanOrEqual(240)
    },
  )

  it.each(AUDIO_STREAM_FORMATS)('can be left in the middle of %s', async (format) => {
    const stream = await openAudioStream(format, 22_050)
    await stream.encode(new Float32Array(22_050))
    stream.close()
  })
})
