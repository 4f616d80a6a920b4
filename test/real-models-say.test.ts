/** `say` with LAM-A2E and MuseTalk, one for one in the place of the embedded engines. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { say } from '../src/say.js'
import { readFilm } from './media/read-film.js'
import { difference, FPS, realApp, SIZE, writeSpeech, type RealApp } from './real-models.js'

/** Seconds of the recording. */
const LENGTH = 0.8

interface MotionFile {
  readonly frames: readonly { readonly weights: readonly number[] }[]
}

async function motionOf({ app, folder }: RealApp): Promise<MotionFile['frames']> {
  const output = join(folder, 'motion.json')
  await say(app, { source: { kind: 'recording', path: join(folder, 'speech.wav') }, output })
  return (JSON.parse(await readFile(output, 'utf8')) as MotionFile).frames
}

async function picturesOf({ app, folder }: RealApp): Promise<Uint8Array[]> {
  const output = join(folder, 'pictures')
  await say(app, { source: { kind: 'recording', path: join(folder, 'speech.wav') }, output })
  const names = (await readdir(output)).sort()
  return Promise.all(names.map((name) => readFile(join(output, name))))
}

describe.each([
  { expression: 'lam', video: 'portrait' },
  { expression: 'visemes', video: 'musetalk' },
])('say with $expression and $video', ({ expression, video }) => {
  let real: RealApp
  beforeAll(async () => {
    real = await realApp({ 'expression.engine': expression, 'video.engine': video })
    await writeSpeech(join(real.folder, 'speech.wav'), LENGTH)
  })
  afterAll(() => real[Symbol.asyncDispose]())

  it('makes a film of a text, whose sound and picture end together', async () => {
    const output = join(real.folder, 'film.mp4')
    const report = await say(real.app, { source: { kind: 'text', text: 'Hello.' }, output })
    const film = await readFilm(output)
    expect(film.audioDuration).toBeGreaterThan(0.3)
    expect(Math.abs(film.videoDuration - film.audioDuration!)).toBeLessThanOrEqual(1 / FPS)
    expect(film.pictures[0]).toHaveLength(SIZE * SIZE * 3)
    expect(report.dropped_frames).toBe(0)
  })

  it('draws every frame of a recording, and moves its mouth', async () => {
    const pictures = await picturesOf(real)
    expect(pictures).toHaveLength(Math.ceil(LENGTH * FPS))
    const [first, middle] = [pictures[0]!, pictures[pictures.length >> 1]!]
    // The mask of the small network leaves little of the mouth that it draws.
    expect(await difference(first, middle, [0.5, 0.85])).toBeGreaterThan(0.05)
    // MuseTalk leaves the rest of the footage as it is.
    if (video === 'musetalk') expect(await difference(first, middle, [0, 0.4])).toBeLessThan(0.01)
  })
})

describe('say with LAM-A2E', () => {
  it('writes 30 times 52 weights a second, which depend on the style of speaking', async () => {
    const styles: MotionFile['frames'][] = []
    for (const identity of [0, 7]) {
      await using real = await realApp({ 'lam.identity': identity })
      await writeSpeech(join(real.folder, 'speech.wav'), LENGTH)
      styles.push(await motionOf(real))
    }
    for (const frames of styles) {
      expect(frames).toHaveLength(Math.ceil(LENGTH * 30))
      expect(frames.every(({ weights }) => weights.length === 52)).toBe(true)
      expect(frames.flatMap(({ weights }) => weights).every((weight) => weight >= 0 && weight <= 1)).toBe(
        true,
      )
    }
    const [one, other] = styles.map((frames) => frames.flatMap(({ weights }) => weights))
    expect(Math.max(...one!.map((weight, i) => Math.abs(weight - other![i]!)))).toBeGreaterThan(0.02)
  })
})

describe('say as the models were published', () => {
  it('makes a film', async () => {
    await using real = await realApp({ 'lam.mode': 'reference', 'musetalk.mode': 'reference' })
    const { app, folder } = real
    await writeSpeech(join(folder, 'speech.wav'), LENGTH)
    const output = join(folder, 'film.mp4')
    await say(app, { source: { kind: 'recording', path: join(folder, 'speech.wav') }, output })
    const film = await readFilm(output)
    expect(film.audioDuration).toBeCloseTo(LENGTH, 1)
    // The published counting leaves the last frame out.
    expect(film.pictures).toHaveLength(Math.floor(LENGTH * FPS) - 1)
    expect(await motionOf(real)).toHaveLength(Math.ceil(LENGTH * 30))
  })
})

it('makes the built-in face ready before anybody speaks', async () => {
  await using real = await realApp({ 'speech.engine': 'espeak' })
  await real.app.prewarm()
  const materials = await readdir(join(real.folder, 'data', 'musetalk'))
  expect(materials).toEqual([expect.stringMatching(new RegExp(`^built-in-${SIZE}-`))])
})
