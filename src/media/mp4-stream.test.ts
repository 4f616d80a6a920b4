import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boxesOf, readFilm } from '../../test/media/read-film.js'
import { InputError, MediaError } from '../errors.js'
import { decodeAudio } from './decode.js'
import { encodeJpeg } from './jpeg.js'
import { openMp4Stream } from './mp4-stream.js'

const SAMPLE_RATE = 16_000
const FPS = 25
const FRAMES = 75
const options = { width: 64, height: 48, fps: FPS, sampleRate: SAMPLE_RATE }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-mp4-stream-'))
})
afterAll(() => rm(folder, { recursive: true }))

function plain(grey: number, width = 64): Promise<Uint8Array> {
  return encodeJpeg(new Uint8Array(width * 48 * 3).fill(grey), width, 48, 90)
}

describe('openMp4Stream', () => {
  it('gives a film piece by piece, whose sound and pictures begin together', async () => {
    const film = await openMp4Stream(options)
    const pictures = await Promise.all([plain(20), plain(220)])
    const pieces: Uint8Array[] = []
    const samples = new Float32Array(SAMPLE_RATE / FPS)
    for (let index = 0; index < FRAMES; index += 1) {
      // Dark and silent for two seconds, then bright and loud.
      const isLoud = index >= 50
      for (let i = 0; i < samples.length; i += 1) {
        samples[i] = isLoud ? 0.5 * Math.sin((2 * Math.PI * 500 * i) / SAMPLE_RATE) : 0
      }
      pieces.push(await film.writeAudio(samples), await film.writeFrame(pictures[isLoud ? 1 : 0], index))
    }
    // Much of it is there before its end.
    expect(pieces.filter(({ length }) => length > 0).length).toBeGreaterThan(2)
    pieces.push(await film.finish())
    film.close()

    const path = join(folder, 'film.mp4')
    await writeFile(path, Buffer.concat(pieces))
    const boxes = await boxesOf(path)
    expect(boxes.slice(0, 4)).toEqual(['ftyp', 'moov', 'moof', 'mdat'])
    expect(boxes.filter((name) => name === 'moof').length).toBeGreaterThan(2)
    const { times, pictures: shown } = await readFilm(path)
    expect(times).toHaveLength(FRAMES)
    times.forEach((time, index) => expect(time).toBeCloseTo(index / FPS, 4))
    expect(shown.findIndex(([red]) => red! > 128)).toBe(50)
    const heard: number[] = []
    for await (const piece of decodeAudio(path, { sampleRate: SAMPLE_RATE })) heard.push(...piece)
    expect(Math.abs(heard.length / SAMPLE_RATE - FRAMES / FPS)).toBeLessThan(0.1)
    const begins = heard.findIndex((sample) => Math.abs(sample) > 0.25) / SAMPLE_RATE
    expect(Math.abs(begins - 2)).toBeLessThan(0.01)
  })

  it('refuses measures that no film can have, and pictures of another size', async () => {
    await expect(openMp4Stream({ ...options, width: 63 })).rejects.toThrow(InputError)
    const film = await openMp4Stream(options)
    await expect(plain(0, 128).then((jpeg) => film.writeFrame(jpeg, 0))).rejects.toThrow(MediaError)
    film.close()
  })

  it('is freed in its middle', async () => {
    for (let round = 0; round < 5; round += 1) {
      const film = await openMp4Stream(options)
      await film.writeFrame(await plain(0), 0)
      await film.writeAudio(new Float32Array(SAMPLE_RATE))
      film.close()
    }
  })
})
