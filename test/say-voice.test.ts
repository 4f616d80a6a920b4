import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probeAudio } from '../src/media/decode.js'
import { speechLevel } from '../src/stages/speech/loudness.js'
import { correlation, loudness, samplesOf, smoothed } from './measure/signals.js'
import { readFilm } from './media/read-film.js'
import { runPhiz, type Finished } from './run-phiz.js'

/** Folder of the installed voice, as `phiz models add hibari` makes it. */
const installed = process.env['PHIZ_TEST_HIBARI']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-voice-'))
  if (installed !== undefined) await cp(installed, join(folder, 'data/models/hibari'), { recursive: true })
})
afterAll(() => rm(folder, { recursive: true }))

const say = (...args: string[]): Promise<Finished> => runPhiz(['say', ...args], { cwd: folder })

describe.skipIf(installed === undefined)('say with the natural voice (needs PHIZ_TEST_HIBARI)', () => {
  it('speaks English with it by itself, and the same again', async () => {
    for (const name of ['first.wav', 'second.wav', 'espeak.wav']) {
      const engine = name === 'espeak.wav' ? ['--speech', 'espeak'] : []
      const text = 'The weather is fine, and we have all day.'
      expect(await say(text, '-o', name, ...engine)).toMatchObject({ code: 0, err: '' })
    }
    expect(await probeAudio(join(folder, 'first.wav'))).toMatchObject({ sampleRate: 24_000, channels: 1 })
    const first = await samplesOf(join(folder, 'first.wav'))
    expect(first).toEqual(await samplesOf(join(folder, 'second.wav')))
    const level = speechLevel(first, 160)
    expect(level / speechLevel(await samplesOf(join(folder, 'espeak.wav')), 160)).toBeGreaterThan(0.8)
    expect(level / speechLevel(await samplesOf(join(folder, 'espeak.wav')), 160)).toBeLessThan(1.25)
  })

  it('changes to the other voice for Chinese within a text: one rate, no gap, no jump in loudness', async () => {
    const { code, err } = await say(
      'We meet again. 很高兴再见到你。 See you tomorrow.',
      '-o',
      'mixed.mp4',
      '--size',
      '128',
    )
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const film = await readFilm(join(folder, 'mixed.mp4'))
    expect(Math.abs(film.videoDuration - film.audioDuration!)).toBeLessThanOrEqual(0.04)
    const samples = await samplesOf(join(folder, 'mixed.mp4'))
    const levels = [0, 1, 2].map((third) =>
      speechLevel(samples.subarray((third * samples.length) / 3, ((third + 1) * samples.length) / 3), 160),
    )
    expect(Math.max(...levels) / Math.min(...levels)).toBeLessThan(1.8)
  })

  it('moves the mouth with it', async () => {
    const { code } = await say(
      'Good morning! My mama made a big map of the moon.',
      '-o',
      'face.mp4',
      '--size',
      '256',
    )
    expect(code).toBe(0)
    const film = await readFilm(join(folder, 'face.mp4'))
    const dark = film.pictures.map((picture) => {
      let count = 0
      for (let y = 128; y < 179; y++)
        for (let x = 102; x < 154; x++) {
          const at = (y * 256 + x) * 3
          if (picture[at]! + picture[at + 1]! + picture[at + 2]! < 240) count++
        }
      return count
    })
    const sound = loudness(await samplesOf(join(folder, 'face.mp4')), dark.length, 25)
    expect(correlation(smoothed(dark), smoothed(sound))).toBeGreaterThan(0.3)
  })
})

describe('say without the natural voice', () => {
  it('speaks with espeak, and says how to get the other when it is asked for by name', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'phiz-bare-'))
    const { code, err } = await runPhiz(['say', 'Hello.', '-o', 'x.wav', '--speech', 'hibari'], { cwd: bare })
    expect(code).toBe(3)
    expect(err).toMatch(
      /^Error: speech\.engine is "hibari", which is not installed\. Bring it in with "phiz models add hibari"/,
    )
    expect((await runPhiz(['say', 'Hello.', '-o', 'x.wav'], { cwd: bare })).code).toBe(0)
    expect(await probeAudio(join(bare, 'x.wav'))).toMatchObject({ sampleRate: 22_050 })
    await rm(bare, { recursive: true })
  })
})
