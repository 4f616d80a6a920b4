import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boxesOf, readFilm } from '../../test/media/read-film.js'
import { CancelledError, InputError, MediaError } from '../errors.js'
import { decodeAudio } from './decode.js'
import { encodeJpeg } from './jpeg.js'
import { createMp4Writer, type Mp4Options } from './mp4.js'

const WIDTH = 128
const HEIGHT = 96
const COLOURS = [
  [230, 40, 30],
  [40, 200, 60],
  [30, 60, 220],
  [255, 255, 255],
  [0, 0, 0],
  [224, 172, 140],
] as const

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-mp4-'))
})
afterAll(() => rm(folder, { recursive: true }))

const options: Mp4Options = { width: WIDTH, height: HEIGHT, fps: 25, sampleRate: 16_000 }

function plain(colour: readonly number[], width = WIDTH, height = HEIGHT): Promise<Uint8Array> {
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0; i < rgb.length; i++) rgb[i] = colour[i % 3]!
  return encodeJpeg(rgb, width, height, 95)
}

function tone(frequency: number, sampleRate: number, seconds: number): Float32Array {
  return Float32Array.from(
    { length: Math.round(sampleRate * seconds) },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / sampleRate),
  )
}

/** Amplitude of `frequency` in `samples`. */
function amplitudeAt(frequency: number, samples: Float32Array, sampleRate: number): number {
  let re = 0
  let im = 0
  samples.forEach((sample, i) => {
    const angle = (2 * Math.PI * frequency * i) / sampleRate
    re += sample * Math.cos(angle)
    im += sample * Math.sin(angle)
  })
  return (2 * Math.hypot(re, im)) / samples.length
}

async function collect(path: string, sampleRate: number): Promise<Float32Array> {
  const chunks: number[] = []
  for await (const chunk of decodeAudio(path, { sampleRate })) chunks.push(...chunk)
  return Float32Array.from(chunks)
}

describe('createMp4Writer', () => {
  it('writes frames and sound that read back with their times, colours, lengths and tone', async () => {
    const path = join(folder, 'film: one.mp4')
    const writer = await createMp4Writer(path, options)
    const sound = tone(440, 16_000, COLOURS.length / 25)
    for (const [index, colour] of COLOURS.entries()) {
      await writer.writeFrame(await plain(colour), index)
      await writer.writeAudio(sound.subarray(index * 640, (index + 1) * 640))
    }
    const summary = await writer.finish()
    expect(summary).toEqual({ frames: 6, videoDuration: 0.24, audioDuration: 0.24 })

    const film = await readFilm(path)
    expect(film.times).toHaveLength(6)
    film.times.forEach((time, index) => expect(time).toBeCloseTo(index / 25, 6))
    expect(film.videoDuration).toBeCloseTo(0.24, 3)
    expect(Math.abs(film.audioDuration! - film.videoDuration)).toBeLessThan(0.04)
    for (const [index, colour] of COLOURS.entries()) {
      const middle = ((HEIGHT / 2) * WIDTH + WIDTH / 2) * 3
      for (const part of [0, 1, 2]) {
        const seen = film.pictures[index]![middle + part]!
        expect(Math.abs(seen - colour[part]!), `frame ${index}, part ${part}`).toBeLessThanOrEqual(6)
      }
    }
    expect(film).toMatchObject({ colorSpace: 6, colorRange: 1 })
    expect(await boxesOf(path)).toEqual(['ftyp', 'moov', 'free', 'mdat'])

    const heard = await collect(path, 16_000)
    expect(heard).toHaveLength(sound.length)
    const middle = heard.subarray(640, 640 * 5)
    expect(amplitudeAt(440, middle, 16_000)).toBeCloseTo(0.5, 1)
    expect(amplitudeAt(880, middle, 16_000)).toBeLessThan(0.02)
  })

  it('tags BT.709 from 720 lines on, and its colours are right too', async () => {
    const path = join(folder, 'tall.mp4')
    const writer = await createMp4Writer(path, { width: 64, height: 720, fps: 30 })
    await writer.writeFrame(await plain(COLOURS[0], 64, 720), 0)
    await writer.finish()
    const film = await readFilm(path)
    expect(film).toMatchObject({ colorSpace: 1, colorRange: 1, audioDuration: undefined })
    COLOURS[0].forEach((part, i) => expect(Math.abs(film.pictures[0]![i]! - part)).toBeLessThanOrEqual(6))
  })

  it('keeps sound and picture in step for 3 seconds in uneven pieces at a rate that AAC lacks', async () => {
    const path = join(folder, 'odd-rate.mp4')
    const writer = await createMp4Writer(path, { ...options, sampleRate: 30_000, fps: 29.97 })
    const sound = tone(1000, 30_000, 3)
    const frames = Array.from({ length: 90 }, (_, i) => i)
    const pictures = await Promise.all(COLOURS.map((colour) => plain(colour)))
    await Promise.all([
      ...frames.map((i) => writer.writeFrame(pictures[i % 6]!, i)),
      ...frames.map((i) => writer.writeAudio(sound.slice(i * 1000, (i + 1) * 1000))),
    ])
    await writer.finish()
    const film = await readFilm(path)
    expect(film.times).toHaveLength(90)
    expect(film.times[89]).toBeCloseTo((89 * 1001) / 30_000, 3)
    expect(film.audioDuration).toBeCloseTo(3, 2)
    expect(film.videoDuration).toBeCloseTo(3.003, 2)
    const heard = await collect(path, 16_000)
    expect(Math.abs(heard.length - 48_000)).toBeLessThanOrEqual(1)
    expect(amplitudeAt(1000, heard.subarray(8000, 40_000), 16_000)).toBeCloseTo(0.5, 1)
  })

  it('keeps the frame before a gap in the indices, and is silent when no sound comes', async () => {
    const path = join(folder, 'gap.mp4')
    const writer = await createMp4Writer(path, options)
    for (const index of [0, 1, 5]) await writer.writeFrame(await plain(COLOURS[0]), index)
    await expect(writer.writeFrame(await plain(COLOURS[0]), 5)).rejects.toThrow(/index 5 .* from 6 on/)
    expect(await writer.finish()).toEqual({ frames: 3, videoDuration: 0.24, audioDuration: 0 })
    const film = await readFilm(path)
    expect(film.times.map((time) => Math.round(time * 25))).toEqual([0, 1, 5])
    const heard = await collect(path, 16_000)
    expect(heard).toHaveLength(0.24 * 16_000)
    expect(heard.every((sample) => Math.abs(sample) < 1e-4)).toBe(true)
  })

  it('gives the film up at a frame that is no JPEG or has another size, and leaves no file', async () => {
    for (const [bad, message] of [
      [new TextEncoder().encode('not a picture'), /Frame 1 is not a JPEG/],
      [await plain([1, 2, 3], 64, 64), /Frame 1 is 64x64 pixels; this film is 128x96/],
    ] as const) {
      const writer = await createMp4Writer(join(folder, 'bad.mp4'), options)
      await writer.writeFrame(await plain(COLOURS[0]), 0)
      await expect(writer.writeFrame(bad, 1)).rejects.toThrow(message)
      await expect(writer.finish()).rejects.toThrow(MediaError)
      await writer.abort()
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('bad'))).toEqual([])
  })

  it('removes the partial file on abort and when its signal fires, even with writes under way', async () => {
    const controller = new AbortController()
    const byCall = await createMp4Writer(join(folder, 'aborted.mp4'), options)
    const bySignal = await createMp4Writer(join(folder, 'aborted.mp4'), {
      ...options,
      signal: controller.signal,
    })
    expect((await readdir(folder)).filter((name) => name.startsWith('aborted'))).toHaveLength(2)
    const jpeg = await plain(COLOURS[0])
    const writes = [0, 1, 2].flatMap((i) => [byCall.writeFrame(jpeg, i), bySignal.writeFrame(jpeg, i)])
    controller.abort()
    await Promise.all([byCall.abort(), byCall.abort(), bySignal.abort()])
    await Promise.allSettled(writes)
    await expect(bySignal.finish()).rejects.toThrow(CancelledError)
    expect((await readdir(folder)).filter((name) => name.startsWith('aborted'))).toEqual([])
  })

  it('says what is wrong with a target or an option', async () => {
    const open = (path: string, changes: Partial<Mp4Options> = {}): Promise<unknown> =>
      createMp4Writer(path, { ...options, ...changes })
    await writeFile(join(folder, 'file'), '')
    await expect(open(join(folder, 'none', 'a.mp4'))).rejects.toThrow(
      /none\/a\.mp4 cannot be written: there is no/,
    )
    await expect(open(join(folder, 'file', 'a.mp4'))).rejects.toThrow(/a part of the path is not a folder/)
    await expect(open(folder)).rejects.toThrow(/is a folder; a file to write is expected/)
    await expect(open(join(folder, 'a.mp4'), { width: 129 })).rejects.toThrow(/width is 129; an even number/)
    await expect(open(join(folder, 'a.mp4'), { fps: 0 })).rejects.toThrow(InputError)
    await expect(open(join(folder, 'a.mp4'), { sampleRate: NaN })).rejects.toThrow(/sampleRate is NaN/)
    const empty = await createMp4Writer(join(folder, 'empty.mp4'), options)
    await expect(empty.finish()).rejects.toThrow(/no frame was given/)
    await empty.abort()
    expect((await readdir(folder)).filter((name) => /^(a|empty)\./.test(name))).toEqual([])
  })
})
