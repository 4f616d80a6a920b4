/** A turn of the embedded engines as a film and as a sound: what comes is what a reader of files finds. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { boxesOf, readFilm } from '../../../test/media/read-film.js'
import { createApp, type App } from '../../app.js'
import { configSchema } from '../../config/schema.js'
import { peak } from '../../dsp/pcm.js'
import { decodeAudio } from '../../media/decode.js'
import { allParts } from './fixtures/read-parts.js'
import { serveSay, type Served } from './fixtures/served.js'

let app: App
let server: Served
let folder: string
beforeAll(async () => {
  app = createApp(configSchema.parse({ speech: { engine: 'espeak' }, video: { size: 128 } }))
  server = await serveSay(app.catalogue)
  folder = await mkdtemp(join(tmpdir(), 'phiz-say-'))
})
afterAll(async () => {
  await server.close()
  await app[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const TEXT = 'Hello there. This is a film.'

async function soundOf(path: string): Promise<Float32Array> {
  const samples: number[] = []
  for await (const piece of decodeAudio(path, { sampleRate: 24_000 })) samples.push(...piece)
  return Float32Array.from(samples)
}

it('is a film in fragments, whose pictures and sound are as long as what is said', async () => {
  const response = await server.post({ text: TEXT, format: 'mp4', fps: 20 })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'video/mp4'])
  const path = join(folder, 'film.mp4')
  await writeFile(path, new Uint8Array(await response.arrayBuffer()))
  expect((await boxesOf(path)).slice(0, 6)).toEqual(['ftyp', 'moov', 'moof', 'mdat', 'moof', 'mdat'])
  const { times, pictures, audioDuration } = await readFilm(path)
  times.forEach((time, index) => expect(time).toBeCloseTo(index / 20, 4))
  expect(times.length).toBeGreaterThan(30)
  expect(pictures[0]!.length).toBe(128 * 128 * 3)
  expect(Math.abs(audioDuration! - times.length / 20)).toBeLessThan(0.1)
  const sound = await soundOf(path)
  expect(peak(sound)).toBeGreaterThan(0.1)
  expect(Math.abs(sound.length / 24_000 - times.length / 20)).toBeLessThan(0.1)
})

it('is the sound alone', async () => {
  const response = await server.post({ text: TEXT, format: 'wav' })
  const path = join(folder, 'sound.wav')
  await writeFile(path, new Uint8Array(await response.arrayBuffer()))
  const sound = await soundOf(path)
  expect(sound.length).toBeGreaterThan(24_000)
  expect(peak(sound)).toBeGreaterThan(0.1)
})

it('is parts with pictures that move and are as long as the sound', async () => {
  const parts = await allParts(await server.post({ text: TEXT, fps: 20, voice: { rate: 1.2 } }))
  const ends = ['audio', 'frame'].map((kind) => {
    const last = parts.filter((part) => part.kind === kind).at(-1)!
    return last.timestamp + last.duration
  })
  expect(Math.abs(ends[0]! - ends[1]!)).toBeLessThanOrEqual(50_000)
  const jaw = (parts[0]!.json['motion'] as { names: string[] }).names.indexOf('jawOpen')
  const openings = parts
    .filter(({ kind }) => kind === 'motion')
    .map(({ json }) => (json['weights'] as number[])[jaw]!)
  expect(Math.max(...openings) - Math.min(...openings)).toBeGreaterThan(0.1)
  expect(server.unexpected).toEqual([])
})

it('refuses a film whose size no film can have', async () => {
  const response = await server.post({ text: TEXT, format: 'mp4', size: 129 })
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { error: { message: 'width is 129; an even number of pixels from 16 to 8192 is expected.' } },
  ])
})
