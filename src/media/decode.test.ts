import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeAudio, readClip, type EncodeOptions } from '../../test/media/encode-audio.js'
import { peak, rms } from '../dsp/pcm.js'
import { Resampler } from '../dsp/resample.js'
import { CancelledError, InputError, MediaError } from '../errors.js'
import { joinSamples } from '../pipeline/join-samples.js'
import { decodeAudio, probeAudio, type AudioSource, type DecodeOptions } from './decode.js'
import { encodeWav } from './wav.js'

let folder: string
let speech: Float32Array
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-decode-'))
  speech = await readClip('speech-en-3s')
})
afterAll(() => rm(folder, { recursive: true }))

interface Decoded {
  readonly samples: Float32Array
  readonly warnings: readonly string[]
}

async function decode(source: AudioSource, options: Partial<DecodeOptions> = {}): Promise<Decoded> {
  const chunks: Float32Array[] = []
  const warnings: string[] = []
  const settings = { sampleRate: 16_000, onWarning: (warning: string) => warnings.push(warning), ...options }
  for await (const chunk of decodeAudio(source, settings)) chunks.push(chunk)
  return { samples: joinSamples(chunks), warnings }
}

function resample(samples: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to)
  const start = resampler.process(samples).slice()
  return joinSamples([start, resampler.flush()])
}

/** 1 for the same sound at the same time, 0 for unlike ones. */
function correlation(a: Float32Array, b: Float32Array): number {
  let ab = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    ab += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
  }
  return ab / Math.sqrt(aa * bb)
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((sample, i) => sample === b[i])
}

function interleave(...channels: readonly Float32Array[]): Float32Array {
  const frames = channels[0]!.length
  return Float32Array.from({ length: frames * channels.length }, (_, i) => {
    return channels[i % channels.length]![Math.floor(i / channels.length)]!
  })
}

async function make(
  name: string,
  samples: Float32Array,
  container: string,
  encoder: string,
  rest: Partial<EncodeOptions> = {},
): Promise<string> {
  const path = join(folder, name)
  await encodeAudio(path, samples, { container, encoder, sampleRate: 16_000, ...rest })
  return path
}

describe('decodeAudio reads every format', () => {
  // Name, container, encoder, least correlation with the original, samples that may be added, more options.
  const formats: [string, string, string, number, number, Partial<EncodeOptions>?][] = [
    ['u8.wav', 'wav', 'pcm_u8', 0.99, 0],
    ['s16.wav', 'wav', 'pcm_s16le', 0.9999, 0],
    ['s24.wav', 'wav', 'pcm_s24le', 0.9999, 0],
    ['s32.wav', 'wav', 'pcm_s32le', 0.9999, 0],
    ['f32.wav', 'wav', 'pcm_f32le', 0.9999, 0],
    ['f64.wav', 'wav', 'pcm_f64le', 0.9999, 0],
    ['alaw.wav', 'wav', 'pcm_alaw', 0.999, 0],
    ['mulaw.wav', 'wav', 'pcm_mulaw', 0.999, 0],
    ['ms-adpcm.wav', 'wav', 'adpcm_ms', 0.99, 1024],
    ['ima-adpcm.wav', 'wav', 'adpcm_ima_wav', 0.99, 2048],
    ['rf64.wav', 'wav', 'pcm_s16le', 0.9999, 0, { muxing: { rf64: 'always' } }],
    ['w64.w64', 'w64', 'pcm_s16le', 0.9999, 0],
    ['a.aiff', 'aiff', 'pcm_s16be', 0.9999, 0],
    ['a.flac', 'flac', 'flac', 0.9999, 0],
    ['a.mp3', 'mp3', 'libmp3lame', 0.97, 32],
    ['a.ogg', 'ogg', 'libvorbis', 0.97, 0],
    ['a.opus', 'ogg', 'libopus', 0.95, 0],
    ['a.webm', 'webm', 'libopus', 0.95, 1],
    ['aac.m4a', 'ipod', 'aac', 0.99, 0],
    ['alac.m4a', 'ipod', 'alac', 0.9999, 0],
    ['a.aac', 'adts', 'aac', -1, 2048],
  ]

  it.each(formats)('%s', async (name, container, encoder, least, added, rest) => {
    const path = await make(name, speech, container, encoder, rest)
    const { samples, warnings } = await decode(path)
    expect(warnings).toEqual([])
    expect(samples.length).toBeGreaterThanOrEqual(speech.length)
    expect(samples.length).toBeLessThanOrEqual(speech.length + added)
    expect(correlation(samples, speech)).toBeGreaterThan(least)
    expect(rms(samples)).toBeCloseTo(rms(speech), 2)
  })

  it('probes codec, rate, channels and length', async () => {
    const mp3 = await make('probe.mp3', speech, 'mp3', 'libmp3lame')
    const info = await probeAudio(mp3)
    expect(info).toMatchObject({ codec: 'mp3', sampleRate: 16_000, channels: 1 })
    expect(info.duration).toBeCloseTo(speech.length / 16_000, 1)
    expect(await probeAudio(encodeWav(speech, 8000))).toEqual({
      codec: 'pcm_s16le',
      sampleRate: 8000,
      channels: 1,
      duration: speech.length / 8000,
    })
  })
})

describe('decodeAudio converts', () => {
  it.each([8000, 22_050, 44_100, 96_000])(
    '%i Hz, with its exact length and no shift in time',
    async (rate) => {
      const there = resample(speech, 16_000, rate)
      const { samples } = await decode(encodeWav(there, rate))
      expect(samples).toHaveLength(Math.round((there.length * 16_000) / rate))
      // 8 kHz has lost what lies above 4 kHz, so it is held against the same loss.
      const expected = resample(there, rate, 16_000)
      expect(correlation(samples, expected)).toBeGreaterThan(0.999)
    },
  )

  it('folds nothing back: a tone above the new Nyquist frequency is gone', async () => {
    const tone = Float32Array.from(
      { length: 44_100 },
      (_, i) => 0.9 * Math.sin((2 * Math.PI * 9000 * i) / 44_100),
    )
    const { samples } = await decode(encodeWav(tone, 44_100))
    expect(rms(samples.subarray(2000, 14_000))).toBeLessThan(0.0001)
  })

  it('stereo by its mean, without clipping', async () => {
    const loud = new Float32Array(1600).fill(0.99)
    const quiet = new Float32Array(1600).fill(0.49)
    const path = await make('stereo.wav', interleave(loud, quiet), 'wav', 'pcm_f32le', { channels: 2 })
    const mixed = (await decode(path)).samples
    expect(mixed[800]).toBeCloseTo(0.74, 5)
    const full = await make('full.wav', interleave(loud, loud), 'wav', 'pcm_s16le', { channels: 2 })
    expect(peak((await decode(full)).samples)).toBeCloseTo(0.99, 3)
  })

  it('5.1 without clipping, and with the centre well heard', async () => {
    const none = new Float32Array(1600)
    const loud = new Float32Array(1600).fill(0.99)
    const centre = await make('centre.flac', interleave(none, none, loud, none, none, none), 'flac', 'flac', {
      channels: 6,
    })
    expect((await decode(centre)).samples[800]).toBeGreaterThan(0.2)
    const all = await make('all.wav', interleave(loud, loud, loud, loud, loud, loud), 'wav', 'pcm_s16le', {
      channels: 6,
    })
    expect(peak((await decode(all)).samples)).toBeLessThanOrEqual(1)
  })

  it('floats beyond full scale to full scale, and NaN to silence', async () => {
    const wild = new Float32Array(1600).fill(0.5)
    wild.set([3, -3, NaN, Infinity], 100)
    const path = await make('wild.wav', wild, 'wav', 'pcm_f32le')
    const { samples } = await decode(path)
    expect([...samples.subarray(99, 105)]).toEqual([0.5, 1, -1, 0, 1, 0.5])
  })

  it('into chunks of the wanted size, the same as in one piece', async () => {
    const wav = encodeWav(speech, 16_000)
    const sizes: number[] = []
    for await (const chunk of decodeAudio(wav, { sampleRate: 22_050, chunkSamples: 5000 }))
      sizes.push(chunk.length)
    const total = Math.round((speech.length * 22_050) / 16_000)
    expect(sizes).toEqual([...new Array<number>(Math.floor(total / 5000)).fill(5000), total % 5000])
    const small = await decode(wav, { chunkSamples: 37 })
    const large = await decode(wav, { chunkSamples: 1 << 20 })
    expect(same(small.samples, large.samples)).toBe(true)
  })

  it('silence to silence', async () => {
    const { samples, warnings } = await decode(encodeWav(new Float32Array(16_000), 16_000))
    expect(samples).toEqual(new Float32Array(16_000))
    expect(warnings).toEqual([])
  })
})

describe('decodeAudio streams', () => {
  async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) {
      await Promise.resolve()
      yield bytes.subarray(at, at + size)
    }
  }

  it.each(['a.mp3', 'a.ogg', 's16.wav', 'a.flac'])(
    '%s from an async iterable as from the file',
    async (name) => {
      const path = join(folder, name)
      const streamed = await decode(pieces(await readFile(path), 1000))
      const whole = (await decode(path)).samples
      // FFmpeg cuts an MP3's end padding off only when it knows where the file ends.
      expect(streamed.samples.length - whole.length).toBeLessThanOrEqual(name === 'a.mp3' ? 1152 : 0)
      expect(same(streamed.samples.subarray(0, whole.length), whole)).toBe(true)
    },
  )

  it('from bytes as from the file, with the index at the end of the file', async () => {
    const path = join(folder, 'aac.m4a')
    const fromBytes = await decode(await readFile(path))
    expect(same(fromBytes.samples, (await decode(path)).samples)).toBe(true)
    const long = new Float32Array(speech.length * 10).map((_, i) => speech[i % speech.length]!)
    const large = await readFile(await make('large.m4a', long, 'ipod', 'alac'))
    expect((await decode(large)).samples).toHaveLength(long.length)
    await expect(decode(pieces(large, 10_000))).rejects.toThrow(
      /its index at its end cannot be read as a stream/,
    )
  })

  it('only as far as it is pulled, and ends the source when it is left', async () => {
    let pulled = 0
    let ended = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        // An hour of samples is announced and would be given.
        yield encodeWav(new Float32Array(0), 16_000).fill(0xff, 40, 44).fill(0xff, 4, 8)
        for (; pulled < 3600; pulled++) {
          await Promise.resolve()
          yield new Uint8Array(32_000)
        }
      } finally {
        ended = true
      }
    }
    for await (const chunk of decodeAudio(endless(), { sampleRate: 16_000 })) {
      expect(chunk).toHaveLength(1600)
      break
    }
    expect(pulled).toBeLessThan(30)
    await expect.poll(() => ended).toBe(true)
  })

  it('passes on what the source threw', async () => {
    const cause = new Error('the connection was reset')
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* pieces(encodeWav(speech, 16_000).subarray(0, 30_000), 4000)
      throw cause
    }
    const failure = await decode(broken(), { name: 'upload.wav' }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(MediaError)
    expect(failure).toMatchObject({ message: 'upload.wav broke off while it was read.', cause })
  })

  it('stops at once on abort, even when the source never answers', async () => {
    const controller = new AbortController()
    async function* stalled(): AsyncGenerator<Uint8Array> {
      yield encodeWav(speech, 16_000).subarray(0, 8000)
      await new Promise(() => undefined)
    }
    const reading = decode(stalled(), { signal: controller.signal })
    setTimeout(() => controller.abort(), 20)
    await expect(reading).rejects.toThrow(CancelledError)
    await expect(decode(join(folder, 'a.mp3'), { signal: AbortSignal.abort() })).rejects.toThrow(
      CancelledError,
    )
  })

  it('closes the file when it ends, is left, is aborted or fails', async () => {
    const path = join(folder, 'closing.wav')
    await writeFile(path, encodeWav(new Float32Array(160_000), 16_000))
    const controller = new AbortController()
    await decode(path)
    for await (const chunk of decodeAudio(path, { sampleRate: 16_000 })) if (chunk.length > 0) break
    const aborted = (async () => {
      const settings = { sampleRate: 16_000, signal: controller.signal }
      for await (const chunk of decodeAudio(path, settings)) if (chunk.length > 0) controller.abort()
    })()
    await expect(aborted).rejects.toThrow(CancelledError)
    await expect(decode(path, { maxSeconds: 2 })).rejects.toThrow(/longer than 2 seconds/)
    if (process.platform === 'linux') expect(await openFiles()).not.toContain(path)
  })

  async function openFiles(): Promise<string[]> {
    const descriptors = await readdir('/proc/self/fd')
    return Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  }
})

describe('decodeAudio tells what is wrong with', () => {
  const fails = async (
    source: AudioSource,
    kind: typeof MediaError | typeof InputError,
    text: RegExp,
  ): Promise<void> => {
    const failure: unknown = await decode(source).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(kind)
    expect((failure as Error).message).toMatch(text)
  }
  const put = async (name: string, content: Uint8Array | string): Promise<string> => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }

  it('a path that leads to no file', async () => {
    await mkdir(join(folder, 'folder.wav'))
    await fails(join(folder, 'missing.wav'), InputError, /missing\.wav cannot be read: there is no such file/)
    await fails(join(folder, 'folder.wav'), InputError, /folder\.wav is a directory/)
    await fails('a\0b.wav', InputError, /a character that no file name can have/)
    await fails('https://example.org/a.wav', InputError, /there is no such file/)
  })

  it('a file without audio', async () => {
    await fails(await put('empty.wav', ''), MediaError, /empty\.wav is empty \(0 bytes\)/)
    await fails(new Uint8Array(0), MediaError, /is empty/)
    await fails(
      await put('text.wav', 'Hello, this is text.'.repeat(500)),
      MediaError,
      /text\.wav is not an audio file/,
    )
    await fails(await put('text.mp3', 'Hello, this is text.'.repeat(500)), MediaError, /text\.mp3 /)
    await fails(
      await put('raw.wav', encodeWav(speech, 16_000).subarray(44)),
      MediaError,
      /raw\.wav is not an audio/,
    )
    await fails(
      await put('none.wav', encodeWav(new Float32Array(0), 16_000)),
      MediaError,
      /none\.wav holds no audio/,
    )
  })

  it('a playlist, which would make it read something else', async () => {
    const wav = await put('secret.wav', encodeWav(speech, 16_000))
    await fails(
      await put('list.m3u8', `#EXTM3U\n#EXTINF:3,\n${wav}\n#EXT-X-ENDLIST\n`),
      MediaError,
      /is not an audio file/,
    )
    await fails(
      await put('list.ffconcat', `ffconcat version 1.0\nfile ${wav}\n`),
      MediaError,
      /is not an audio file/,
    )
  })

  it('options', async () => {
    const wav = encodeWav(speech, 16_000)
    await expect(decode(wav, { sampleRate: 0 })).rejects.toThrow(/sampleRate is 0; a whole number from 1000/)
    await expect(decode(wav, { chunkSamples: 1.5 })).rejects.toThrow(/chunkSamples is 1\.5/)
  })
})

describe('decodeAudio makes do with', () => {
  it('a WAV that was cut: it gives what there is and says so', async () => {
    const wav = encodeWav(speech, 16_000)
    const path = join(folder, 'cut.wav')
    const cut = wav.subarray(0, 44 + 32_000)
    await writeFile(path, cut)
    for (const source of [path, cut]) {
      const { samples, warnings } = await decode(source, { name: 'cut.wav' })
      expect(samples).toHaveLength(16_000)
      expect(warnings).toEqual(['cut.wav is damaged: it holds 1.00 of 2.99 seconds.'])
    }
  })

  it('an MP3 that was cut', async () => {
    const bytes = await readFile(join(folder, 'a.mp3'))
    const { samples, warnings } = await decode(bytes.subarray(0, bytes.length / 2))
    expect(samples.length).toBeGreaterThan(speech.length * 0.4)
    expect(samples.length).toBeLessThan(speech.length * 0.6)
    expect(warnings).toHaveLength(1)
  })

  it('a WAV from a recorder that did not know its length', async () => {
    const wav = encodeWav(speech, 16_000).fill(0xff, 4, 8).fill(0xff, 40, 44)
    const { samples, warnings } = await decode(wav)
    expect(samples).toHaveLength(speech.length)
    expect(warnings).toEqual([])
  })

  it('any damage: never a crash, a hang or an unnamed error', async () => {
    let seed = 20_261
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    for (const name of ['s16.wav', 'ms-adpcm.wav', 'a.mp3', 'aac.m4a', 'a.opus', 'a.flac']) {
      const whole = await readFile(join(folder, name))
      let decoded = 0
      for (let round = 0; round < 24; round++) {
        const bytes = new Uint8Array(
          whole.subarray(0, random(3) === 0 ? 1 + random(whole.length) : whole.length),
        )
        const within = random(2) === 0 ? Math.min(200, bytes.length) : bytes.length
        for (let flip = random(30); flip >= 0; flip--) bytes[random(within)]! ^= 1 << random(8)
        const outcome = await decode(bytes, { maxSeconds: 60 }).catch((error: unknown) => error)
        if (outcome instanceof Error) expect([MediaError, InputError]).toContain(outcome.constructor)
        else decoded++
      }
      expect(decoded, name).toBeGreaterThan(0)
    }
  })
})
