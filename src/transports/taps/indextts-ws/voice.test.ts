import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type App } from '../../../app.js'
import { resolveConfig } from '../../../config/load.js'
import { s16leToFloat } from '../../../dsp/pcm.js'
import { pitchTrack } from '../../../dsp/pitch-track.js'
import { probeAudio } from '../../../media/decode.js'
import { say } from '../../../say.js'
import { correlation, loudness } from '../../../../test/measure/signals.js'
import type { Client } from './fixtures/client.js'
import { serveTap, type Server } from './fixtures/server.js'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../test/media/${name}`, import.meta.url))
const SPEAKER = fixture('speech-en-3s.wav')
const OTHER_SPEAKER = fixture('speech-en-7s.wav')
const TEXT = 'Hello there. How are you? 大家好！'
const SENTENCES = 3
const BYTES_PER_SECOND = 44_100

let app: App
let folder: string
let server: Server
let client: Client

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-indextts-'))
  app = createApp(resolveConfig({ flags: { 'speech.engine': 'espeak' } }))
  server = await serveTap(app.catalogue, {
    mediaRoots: [fileURLToPath(new URL('../../../../test/media', import.meta.url))],
  })
  client = await server.connect()
})
afterAll(async () => {
  await server.close()
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function seconds(fields: object): Promise<number> {
  return ((await client.wav({ text: TEXT, ...fields })).length - 44) / BYTES_PER_SECOND
}

/** Whether two WAVs say the same in the same time; espeak's samples differ from call to call. */
function soundsLike(a: Buffer, b: Buffer): boolean {
  const [one, other] = [samplesIn(a), samplesIn(b)]
  const frames = Math.floor(Math.min(one.length, other.length) / 441)
  const isAsLong = Math.abs(a.length / b.length - 1) < 0.01
  return isAsLong && correlation(loudness(one, frames, 50), loudness(other, frames, 50)) > 0.95
}

function samplesIn(wav: Buffer): Float32Array {
  const samples = new Float32Array((wav.length - 44) / 2)
  s16leToFloat(wav.subarray(44), samples)
  return samples
}

/** Median pitch in Hz. */
function pitchOf(wav: Buffer): number {
  const track = pitchTrack(samplesIn(wav), { sampleRate: 22_050, lowest: 60, highest: 500, hop: 441 })
  const voiced = track.filter((pitch) => pitch > 0).sort()
  return voiced[voiced.length >> 1]!
}

describe('the sound', () => {
  it('is what the line makes of the same text', async () => {
    const path = join(folder, 'said.wav')
    await say(app, { source: { kind: 'text', text: TEXT }, output: path })
    const wav = await client.wav({ text: TEXT })
    expect(await probeAudio(path)).toMatchObject({ codec: 'pcm_s16le', sampleRate: 22_050, channels: 1 })
    expect(soundsLike(wav, await readFile(path))).toBe(true)
    expect(soundsLike(await client.wav({ text: TEXT, interval_silence: 200, max_tokens: 120 }), wav)).toBe(
      true,
    )
  })

  it('has the silence between sentences that was asked for', async () => {
    const usual = await seconds({})
    expect((await seconds({ interval_silence: 1200 })) - usual).toBeCloseTo(SENTENCES - 1, 1)
    const shorter = usual - (await seconds({ interval_silence: 50 }))
    expect(shorter).toBeGreaterThan(0.2)
    expect(shorter).toBeLessThanOrEqual((SENTENCES - 1) * 0.15 + 0.05)
  })

  it('is spoken in shorter segments for fewer tokens', async () => {
    const text = 'this is one very long sentence that goes on and on without a single mark in it'
    const count = async (max_tokens: number): Promise<number> =>
      (await client.speak({ text, stream: true, max_tokens })).filter((message) => Buffer.isBuffer(message))
        .length
    expect(await count(5)).toBeGreaterThan((await count(120)) + 2)
  })
})

describe('the voice', () => {
  it('acts an emotion, from a vector and from a text alike', async () => {
    const plain = await client.wav({ text: TEXT, emo_mode: 'none' })
    const emo_vector = [0, 0, 0, 0, 0, 0.8, 0, 0]
    const gloomy = await client.wav({ text: TEXT, emo_mode: 'vector', emo_vector })
    expect(gloomy.length / plain.length).toBeGreaterThan(1.08)
    const told = await client.wav({ text: TEXT, emo_mode: 'text', emo_text: '情绪低落' })
    expect(soundsLike(told, gloomy)).toBe(true)
    const faint = await client.wav({ text: TEXT, emo_mode: 'text', emo_text: '情绪低落', emo_alpha: 0 })
    expect(soundsLike(faint, plain)).toBe(true)
  })

  it('takes on pitch and pace of a speaker, and of an emotional recording by its weight', async () => {
    const voice = (fields: object): Promise<Buffer> => client.wav({ text: TEXT, ...fields })
    const plain = await voice({})
    const speaker = await voice({ prompt_audio: SPEAKER })
    const other = await voice({ prompt_audio: OTHER_SPEAKER })
    expect(Math.abs(Math.log2(pitchOf(speaker) / pitchOf(plain)))).toBeGreaterThan(0.1)
    expect(soundsLike(speaker, plain)).toBe(false)
    // Found in the folder that the server may read.
    expect(soundsLike(await voice({ prompt_audio: 'speech-en-3s.wav' }), speaker)).toBe(true)
    const emotion = { prompt_audio: SPEAKER, emo_mode: 'audio', emo_audio: OTHER_SPEAKER }
    expect(soundsLike(await voice({ ...emotion, emo_alpha: 0 }), speaker)).toBe(true)
    expect(soundsLike(await voice({ ...emotion, emo_alpha: 1 }), other)).toBe(true)
  })

  it('reads nothing outside the folders that were given', async () => {
    const outside = join(folder, 'said.wav')
    const last = (await client.speak({ text: TEXT, prompt_audio: outside })).at(-1)
    expect(last).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/^推理失败: .*may not be read/) as string,
    })
  })
})
