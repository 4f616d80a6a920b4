import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readFilm } from '../../test/media/read-film.js'
import { MediaError } from '../errors.js'
import { decodeAudio } from './decode.js'
import { FilmTimeline } from './film-timeline.js'
import { encodeJpeg } from './jpeg.js'

const RATE = 16_000
const FPS = 25

let folder: string
let path: string
let failures: unknown[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-timeline-'))
  path = join(folder, 'film.mp4')
  failures = []
})
afterEach(() => rm(folder, { recursive: true }))

function timeline(): FilmTimeline {
  return new FilmTimeline({ path, fps: FPS, sampleRate: RATE, onFailed: (error) => failures.push(error) })
}

async function grey(brightness: number, width: number, height: number) {
  const data = await encodeJpeg(new Uint8Array(width * height * 3).fill(brightness), width, height, 95)
  return { data, width, height }
}

function tone(seconds: number, sampleRate: number): Float32Array {
  return Float32Array.from(
    { length: seconds * sampleRate },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * 440 * n) / sampleRate),
  )
}

/** Where a film is loud, in seconds. */
async function loudPart(): Promise<readonly [from: number, to: number]> {
  const sound: number[] = []
  for await (const chunk of decodeAudio(path, { sampleRate: RATE })) sound.push(...chunk)
  const isLoud = (sample: number): boolean => Math.abs(sample) > 0.1
  return [sound.findIndex(isLoud) / RATE, sound.findLastIndex(isLoud) / RATE]
}

describe('a film', () => {
  it('has sound and pictures where they were put, silence between, the last picture to the end', async () => {
    const film = timeline()
    film.picture(await grey(60, 64, 64), 5)
    film.picture(await grey(200, 64, 64), 20)
    film.stream(tone(0.5, RATE), RATE, 0.8 * RATE)
    expect([film.samples, film.nextFrame]).toEqual([1.3 * RATE, 21])
    // What comes too late for its place is left out.
    film.picture(await grey(0, 64, 64), 20)
    expect(await film.finish(2)).toMatchObject({ videoDuration: 2, audioDuration: 2 })
    const { times, pictures, videoDuration } = await readFilm(path)
    expect([times[0], videoDuration]).toEqual([0, 2])
    expect(times.some((time) => Math.abs(time - 0.8) < 1e-6)).toBe(true)
    expect(Math.abs(pictures[0]![0]! - 60)).toBeLessThan(8)
    expect(Math.abs(pictures.at(-1)![0]! - 200)).toBeLessThan(8)
    const [from, to] = await loudPart()
    expect(from).toBeCloseTo(0.8, 1)
    expect(to).toBeCloseTo(1.3, 1)
    expect(failures).toEqual([])
  })

  it('takes sound of any rate and pictures of any size', async () => {
    const film = timeline()
    film.picture(await grey(60, 64, 64), 0)
    for (const rate of [48_000, 16_001]) film.stream(tone(0.4, rate).slice(0, 0.4 * rate), rate, film.samples)
    film.endStream()
    film.picture(await grey(200, 128, 64), 15)
    await film.finish(1)
    const { pictures } = await readFilm(path)
    const last = pictures.at(-1)!
    expect(last).toHaveLength(64 * 64 * 3)
    // Twice as wide as high: black above and below.
    expect(last[2 * 64 * 3]).toBeLessThan(30)
    expect(Math.abs(last[(32 * 64 + 32) * 3]! - 200)).toBeLessThan(10)
    const [from, to] = await loudPart()
    expect(from).toBeLessThan(0.03)
    expect(to).toBeCloseTo(0.8, 1)
  })

  it('without pictures is none: at its end, or as soon as much was heard', async () => {
    const silent = timeline()
    expect(await silent.finish(3)).toBeUndefined()
    const loud = timeline()
    for (let second = 0; second < 11; second += 1) loud.sound(tone(1, RATE), second * RATE)
    expect(failures).toEqual([expect.any(MediaError)])
    await expect(loud.finish(11)).rejects.toThrow(/needs pictures/)
    await loud.abort()
    expect(await readdir(folder)).toEqual([])
  })

  it('that cannot be coded says so once, and leaves nothing', async () => {
    const film = timeline()
    film.picture({ data: new Uint8Array(100), width: 64, height: 64 }, 0)
    film.picture(await grey(60, 64, 64), 1)
    await expect(film.finish(1)).rejects.toThrow(/not a JPEG/)
    expect(failures).toHaveLength(1)
    await film.abort()
    expect(await readdir(folder)).toEqual([])
  })
})
