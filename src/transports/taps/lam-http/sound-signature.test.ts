import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeAudio, readClip } from '../../../../test/media/encode-audio.js'
import { chunkForm } from './sound-signature.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-lam-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('chunkForm', () => {
  it.each([
    ['wav', 'pcm_s16le', 16_000],
    ['wav', 'pcm_f32le', 48_000],
    ['mp3', 'libmp3lame', 16_000],
    ['mp3', 'libmp3lame', 44_100],
    ['adts', 'aac', 16_000],
    ['ipod', 'aac', 44_100],
    ['flac', 'flac', 16_000],
    ['ogg', 'libopus', 48_000],
    ['matroska', 'libopus', 48_000],
    ['aiff', 'pcm_s16be', 16_000],
  ])('knows %s with %s at %i Hz', async (container, encoder, sampleRate) => {
    const path = join(folder, `${encoder}-${sampleRate}.${container}`)
    await encodeAudio(path, await readClip('speech-en-3s'), { container, encoder, sampleRate })
    expect(chunkForm(await readFile(path))).toBe('container')
  })

  it('knows MPEG audio without a tag, cut anywhere between two frames', async () => {
    const path = join(folder, 'bare.mp3')
    const muxing = { write_xing: '0', id3v2_version: '0' }
    const options = { container: 'mp3', encoder: 'libmp3lame', sampleRate: 44_100, muxing }
    await encodeAudio(path, await readClip('speech-en-3s'), options)
    const bytes = await readFile(path)
    expect(bytes[0]).toBe(0xff)
    expect(chunkForm(bytes)).toBe('container')
  })

  it('never takes quiet PCM, full of bytes of 255, for anything but PCM', () => {
    let seed = 7
    for (let n = 0; n < 2000; n++) {
      const samples = Int16Array.from({ length: 4000 }, () => {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
        return (seed >>> 24) % 3 === 0 ? -1 : ((seed >>> 16) % (2 + n)) - (n >> 1)
      })
      samples[0] = -1 - (n % 32) * 256
      expect(chunkForm(new Uint8Array(samples.buffer))).toBe('headerless')
    }
    expect(chunkForm(new Uint8Array(32_000))).toBe('headerless')
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half a sample', Buffer.alloc(31_999)],
    ['text', Buffer.from('<html><body>413</body></html>\n')],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1')],
    ['an archive', Buffer.from('PK\x03\x04\0\0', 'latin1')],
  ])('refuses %s', (_, bytes) => {
    expect(chunkForm(bytes)).toBe('other')
  })
})
