/** The endpoint on the line's real voice: what comes back is what the line says, in every format. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { Resampler } from '../../../dsp/resample.js'
import { AUDIO_STREAM_FORMATS, AUDIO_STREAM_RATE } from '../../../media/audio-stream/formats.js'
import { likeness } from '../../../media/audio-stream/fixtures/likeness.js'
import { decodeAudio } from '../../../media/decode.js'
import { encodeWav, WAV_HEADER_BYTES, wavHeader } from '../../../media/wav.js'
import { chain } from '../../../pipeline/compose.js'
import type { AudioPacket, MarkPacket } from '../../../pipeline/packet.js'
import { defineStage } from '../../../pipeline/stage.js'
import type { Catalogue } from '../../../stages/catalogue.js'
import { serveSpeech, type Server } from './fixtures/server.js'

const INPUT = 'The quick brown fox jumps over the lazy dog. It does so every single day.'

let app: App
let server: Server
/** What the voice has said since the last answer was asked for. */
let said: Float32Array[] = []
let voiceRate = 0

beforeAll(async () => {
  app = createApp(resolveConfig({ file: { speech: { engine: 'espeak' } } }))
  server = await serveSpeech(overheard(app.catalogue))
})
afterAll(async () => {
  await server.close()
  await app[Symbol.asyncDispose]()
})

/** The same stages, with an ear on the voice: it never says a text twice in quite the same way. */
function overheard(catalogue: Catalogue): Catalogue {
  const ear = defineStage<AudioPacket | MarkPacket, AudioPacket | MarkPacket, undefined>({
    name: 'ear',
    state: () => undefined,
    *process(packet) {
      if (packet.kind === 'audio') said.push(packet.samples)
      yield packet
    },
  })
  return {
    ...catalogue,
    speech: async () => {
      const { stage, sampleRate } = await catalogue.speech()
      voiceRate = sampleRate
      return { stage: chain(stage, ear), sampleRate }
    },
  }
}

/** What the voice has said, at the rate of the answers. */
function expected(): Float32Array {
  const resampler = new Resampler(voiceRate, AUDIO_STREAM_RATE)
  const sound = Float32Array.from(said.flatMap((samples) => [...samples]))
  return Float32Array.from([...resampler.process(sound), ...resampler.flush()])
}

/** Decodes an answer, in its format, at the rate of the answers. */
async function decoded(bytes: Buffer, format: string): Promise<Float32Array> {
  const file = format === 'pcm' ? Buffer.concat([wavHeader(AUDIO_STREAM_RATE, bytes.length), bytes]) : bytes
  const samples: number[] = []
  for await (const chunk of decodeAudio(file, { sampleRate: AUDIO_STREAM_RATE })) samples.push(...chunk)
  return Float32Array.from(samples)
}

async function answer(fields: object): Promise<Buffer> {
  said = []
  return Buffer.from(await (await server.ask({ input: INPUT, ...fields })).arrayBuffer())
}

describe('the speech endpoint', () => {
  it.each(AUDIO_STREAM_FORMATS)('says in %s what the voice says', async (format) => {
    const sound = await decoded(await answer({ response_format: format }), format)
    const wanted = expected()
    expect(Math.abs(sound.length - wanted.length) / AUDIO_STREAM_RATE).toBeLessThan(0.13)
    expect(likeness(wanted, sound, { sampleRate: AUDIO_STREAM_RATE, from: 1 })).toBeGreaterThan(
      format === 'opus' ? 0.95 : 0.99,
    )
  })

  it('gives the very samples of the voice where nothing is lost', async () => {
    for (const [format, header] of [
      ['pcm', 0],
      ['wav', WAV_HEADER_BYTES],
    ] as const) {
      const bytes = await answer({ response_format: format })
      const wanted = encodeWav(expected(), AUDIO_STREAM_RATE).subarray(WAV_HEADER_BYTES)
      expect(bytes.subarray(header).equals(wanted)).toBe(true)
    }
  })

  it('keeps to the speed, from a quarter to four times', async () => {
    const usual = (await answer({ response_format: 'pcm' })).length
    for (const speed of [0.25, 0.5, 2, 4]) {
      const { length } = await answer({ speed, response_format: 'pcm' })
      expect(Math.abs((length * speed) / usual - 1)).toBeLessThan(0.2)
    }
  })

  it('begins to answer a long text long before its end', async () => {
    const input = 'And so it went on, year after year, without an end in sight. '.repeat(25)
    const response = await server.ask({ input, response_format: 'flac' })
    const reader = response.body!.getReader()
    await reader.read()
    // The turn is far from its end: nothing has ended since the last answer did.
    const before = server.outcomes.length
    expect(server.speech.running).toBe(1)
    let bytes = 0
    for (;;) {
      const result = (await reader.read()) as { done: boolean; value: Uint8Array }
      if (result.done) break
      bytes += result.value.length
    }
    expect(bytes).toBeGreaterThan(500_000)
    expect(server.outcomes.length).toBe(before + 1)
  })
})
