import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import wavefile from 'wavefile'
import { readClip } from '../../test/media/encode-audio.js'
import { InputError, MediaError } from '../errors.js'
import { decodeAudio } from './decode.js'
import { createWavWriter, encodeWav, wavHeader } from './wav.js'

let folder: string
let speech: Float32Array
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-wav-'))
  speech = await readClip('speech-en-3s')
})
afterAll(() => rm(folder, { recursive: true }))

describe('encodeWav', () => {
  it('is what wavefile itself would write, and comes back exactly', async () => {
    const bytes = encodeWav(speech, 16_000)
    const reference = new wavefile.WaveFile()
    const words = Int16Array.from(speech, (sample) => Math.round(sample * 32_768))
    reference.fromScratch(1, 16_000, '16', words)
    expect(Buffer.from(bytes).equals(reference.toBuffer())).toBe(true)
    const chunks: number[] = []
    for await (const chunk of decodeAudio(bytes, { sampleRate: 16_000 })) chunks.push(...chunk)
    expect(Float32Array.from(chunks)).toEqual(speech)
  })

  it('refuses a rate or a size that a WAV cannot have', () => {
    expect(() => encodeWav(speech, 0)).toThrow(/sampleRate is 0/)
    expect(() => wavHeader(48_000, 2 ** 32)).toThrow(InputError)
  })
})

describe('createWavWriter', () => {
  it('writes pieces as they come, byte for byte what encodeWav gives', async () => {
    const path = join(folder, 'speech.wav')
    const writer = await createWavWriter(path, { sampleRate: 16_000 })
    const writes: Promise<void>[] = []
    for (let at = 0; at < speech.length; at += 777) writes.push(writer.write(speech.subarray(at, at + 777)))
    await Promise.all(writes)
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^speech\.wav\.partial-[0-9a-f]{8}$/)])
    expect(await writer.finish()).toEqual({ duration: speech.length / 16_000 })
    expect(await readdir(folder)).toEqual(['speech.wav'])
    expect((await readFile(path)).equals(encodeWav(speech, 16_000))).toBe(true)
    await expect(writer.write(speech)).rejects.toThrow(/is finished; it takes no more audio/)
    await writer.abort()
    expect(await readdir(folder)).toEqual(['speech.wav'])
  })

  it('leaves nothing after an abort', async () => {
    const writer = await createWavWriter(join(folder, 'given-up.wav'), { sampleRate: 16_000 })
    await writer.write(speech)
    await Promise.all([writer.abort(), writer.abort()])
    await expect(writer.finish()).rejects.toThrow(MediaError)
    expect(await readdir(folder)).not.toContainEqual(expect.stringContaining('given-up'))
  })

  it('names the target that cannot be written', async () => {
    const target = join(folder, 'nowhere', 'a.wav')
    await expect(createWavWriter(target, { sampleRate: 16_000 })).rejects.toThrow(
      /nowhere\/a\.wav cannot be written: there is no such file or folder/,
    )
    await expect(createWavWriter(join(folder, 'a.wav'), { sampleRate: 0 })).rejects.toThrow(InputError)
  })
})
