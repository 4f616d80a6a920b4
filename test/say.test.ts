import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { probeAudio } from '../src/media/decode.js'
import { BLENDSHAPE_INDEX, BLENDSHAPE_NAMES } from '../src/pipeline/blendshapes.js'
import { readFilm } from './media/read-film.js'
import { correlation, loudness, samplesOf, smoothed } from './measure/signals.js'
import { runPhiz, startPhiz } from './run-phiz.js'

const recording = fileURLToPath(new URL('media/speech-en-7s.wav', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-say-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** How many dark pixels lie in the region of the mouth: the inside of an open mouth is dark, skin and lips are not. */
function mouthOpening(pictures: readonly Uint8Array[], size: number): number[] {
  return pictures.map((picture) => {
    let dark = 0
    for (let y = Math.round(size * 0.5); y < size * 0.7; y += 1) {
      for (let x = Math.round(size * 0.4); x < size * 0.6; x += 1) {
        const at = (y * size + x) * 3
        if (picture[at]! + picture[at + 1]! + picture[at + 2]! < 240) dark += 1
      }
    }
    return dark
  })
}

describe('phiz say', () => {
  it('makes a film of English and Chinese text: sound and picture end together, the mouth moves with the words', async () => {
    const { code, out, err } = await runPhiz(
      ['say', 'Hello, I am phiz. 你好，我是一张脸。', '-o', 'out.mp4', '--size', '256'],
      { cwd: folder },
    )
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(/^out\.mp4: \d+\.\d s in /)
    const film = await readFilm(join(folder, 'out.mp4'))
    expect(film.audioDuration).toBeGreaterThan(2)
    expect(Math.abs(film.videoDuration - film.audioDuration!)).toBeLessThanOrEqual(0.04)
    const sound = loudness(await samplesOf(join(folder, 'out.mp4')), film.pictures.length, 25)
    expect(correlation(smoothed(mouthOpening(film.pictures, 256)), smoothed(sound))).toBeGreaterThan(0.3)
  })

  it('makes a film of a recording, whose sound it keeps', async () => {
    const { code, out } = await runPhiz(['say', '--audio', recording, '-o', 'real.mp4', '--size', '256'], {
      cwd: folder,
    })
    expect(code).toBe(0)
    expect(out).toMatch(/^real\.mp4: 7\.1 s in /)
    const film = await readFilm(join(folder, 'real.mp4'))
    expect(Math.abs(film.videoDuration - film.audioDuration!)).toBeLessThanOrEqual(0.04)
    const original = await samplesOf(recording)
    const kept = await samplesOf(join(folder, 'real.mp4'))
    expect(
      correlation([...kept.subarray(0, original.length)], [...original.subarray(0, kept.length)]),
    ).toBeGreaterThan(0.95)
    const motion = mouthOpening(film.pictures, 256)
    expect(correlation(smoothed(motion), smoothed(loudness(original, motion.length, 25)))).toBeGreaterThan(
      0.4,
    )
  })

  it('writes sound alone, at the voice’s rate, faster when asked', async () => {
    const text = 'One two three four five six seven eight nine ten.'
    expect((await runPhiz(['say', text, '-o', 'slow.wav'], { cwd: folder })).code).toBe(0)
    expect(
      (await runPhiz(['say', '-', '-o', 'fast.wav', '--rate', '2'], { cwd: folder, input: text })).code,
    ).toBe(0)
    const slow = await probeAudio(join(folder, 'slow.wav'))
    const fast = await probeAudio(join(folder, 'fast.wav'))
    expect(slow).toMatchObject({ sampleRate: 22_050, channels: 1 })
    expect(fast.duration! / slow.duration!).toBeLessThan(0.7)
  })

  it('writes blendshapes in the shape of LAM-A2E', async () => {
    const { code } = await runPhiz(['say', 'Mama, my map!', '-o', 'face.json', '--emotion', 'happy'], {
      cwd: folder,
    })
    expect(code).toBe(0)
    const face = JSON.parse(await readFile(join(folder, 'face.json'), 'utf8')) as {
      names: string[]
      metadata: Record<string, number>
      frames: { weights: number[]; time: number; rotation: number[] }[]
    }
    expect(face.names).toEqual(BLENDSHAPE_NAMES)
    expect(face.metadata).toMatchObject({ fps: 30, blendshape_count: 52, frame_count: face.frames.length })
    face.frames.forEach(({ weights, time, rotation }, index) => {
      expect(weights).toHaveLength(52)
      expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
      expect(time).toBeCloseTo(index / 30, 5)
      expect(rotation).toHaveLength(3)
    })
    const jaw = face.frames.map(({ weights }) => weights[BLENDSHAPE_INDEX.jawOpen]!)
    expect(Math.max(...jaw)).toBeGreaterThan(0.3)
    expect(Math.min(...jaw)).toBeLessThan(0.05)
  })

  it('writes a folder of JPEGs at the rate, size and seed asked for', async () => {
    const args = [
      'say',
      'Hi.',
      '-o',
      'frames',
      '--fps',
      '10',
      '--size',
      '128',
      '--seed',
      '7',
      '--quality',
      '60',
    ]
    expect((await runPhiz(args, { cwd: folder })).code).toBe(0)
    const names = (await readdir(join(folder, 'frames'))).sort()
    expect(names[0]).toBe('00000000.jpg')
    expect(names.length).toBeGreaterThan(2)
    expect(await sharp(join(folder, 'frames', names.at(-1)!)).metadata()).toMatchObject({
      format: 'jpeg',
      width: 128,
      height: 128,
    })
    const again = await runPhiz(args, { cwd: folder })
    expect(again.code).toBe(2)
    expect(again.err).toMatch(/The folder "frames" has \d+ entries; expected a new or empty folder/)
    args[3] = 'frames-again'
    expect((await runPhiz(args, { cwd: folder })).code).toBe(0)
    for (const name of names) {
      expect(await readFile(join(folder, 'frames-again', name))).toEqual(
        await readFile(join(folder, 'frames', name)),
      )
    }
  })

  it('stops cleanly on Ctrl-C and leaves no half file', async () => {
    const place = join(folder, 'interrupted')
    await mkdir(place)
    const running = startPhiz(
      ['say', 'This is a long story. '.repeat(300), '-o', 'long.mp4', '--size', '128'],
      { cwd: place },
    )
    while ((await readdir(place)).length === 0 && running.child.exitCode === null) await sleep(20)
    await sleep(300)
    running.child.kill('SIGINT')
    const { code, err } = await running.finished
    expect(err).toBe('Stopped.\n')
    expect(code).toBe(130)
    expect(await readdir(place)).toEqual([])
  })

  it('leaves an older file alone when it fails, and no half one', async () => {
    const place = join(folder, 'kept')
    await mkdir(place)
    await writeFile(join(place, 'film.mp4'), 'older')
    const { code, err } = await runPhiz(['say', '🙂🙂', '-o', 'film.mp4'], { cwd: place })
    expect(code).toBe(2)
    expect(err).toMatch(/^Error: .*nothing to speak/i)
    expect(await readdir(place)).toEqual(['film.mp4'])
    expect(await readFile(join(place, 'film.mp4'), 'utf8')).toBe('older')
  })
})

describe('phiz say, given something that cannot work', () => {
  beforeAll(async () => {
    await writeFile(join(folder, 'notes.wav'), 'This is no sound.')
    await writeFile(join(folder, 'empty.wav'), '')
    await writeFile(join(folder, 'broken.json'), '{"video":{"fps":3,"colour":true}}')
  })

  it.each<[string, readonly string[], number, RegExp]>([
    [
      'no text',
      ['say'],
      2,
      /There is nothing to say: give a text, "-" for standard input, or --audio <file>/,
    ],
    ['an empty text', ['say', ''], 2, /nothing to speak/i],
    ['text and recording', ['say', 'x', '--audio', 'y.wav'], 2, /Both a text and --audio were given/],
    [
      'an unknown kind of output',
      ['say', 'x', '-o', 'x.avi'],
      2,
      /The output "x\.avi" ends in "\.avi"; expected \.mp4/,
    ],
    ['a missing folder', ['say', 'x', '-o', 'no/where.mp4'], 2, /no\/where\.mp4 cannot be written/],
    ['a missing recording', ['say', '--audio', 'none.wav'], 2, /none\.wav/],
    ['a text named .wav', ['say', '--audio', 'notes.wav'], 4, /notes\.wav/],
    ['an empty recording', ['say', '--audio', 'empty.wav'], 4, /empty\.wav/],
    [
      'an unknown emotion',
      ['say', 'x', '--emotion', 'hungry'],
      2,
      /--emotion is "hungry"; expected one of happy, angry/,
    ],
    ['an emotion out of range', ['say', 'x', '--emotion', 'happy=3'], 2, /--emotion is "happy=3"/],
    ['a rate out of range', ['say', 'x', '--rate', '9'], 2, /--rate is "9"; expected 0\.5 to 2/],
    [
      'settings out of range',
      ['say', 'x', '--fps', '500', '--size', 'big'],
      2,
      /video\.fps \(command line\).*60, got 500\n.*video\.size \(command line\).*got "big"/,
    ],
    [
      'a bad configuration file',
      ['say', 'x', '--config', 'broken.json'],
      2,
      /video\.fps \(broken\.json\).*got 3[^]*"colour"/,
    ],
    ['a missing configuration file', ['say', 'x', '--config', 'none.json'], 2, /none\.json: cannot be read/],
    ['an unknown option', ['say', 'x', '--loud'], 2, /unknown option '--loud'/],
    ['an unknown command', ['sing'], 2, /unknown command 'sing'/],
  ])('refuses %s', async (_what, args, expectedCode, message) => {
    const { code, err } = await runPhiz(args, { cwd: folder })
    expect(err).toMatch(message)
    expect(code).toBe(expectedCode)
    expect(err).not.toMatch(/\n\s+at /)
  })

  it('refuses a text over the limit, also from a pipe', async () => {
    const environment = { PHIZ_SPEECH_MAX_CHARACTERS: '100' }
    const typed = await runPhiz(['say', 'word '.repeat(30)], { cwd: folder, environment })
    expect([typed.code, typed.err]).toEqual([2, expect.stringMatching(/1\d\d .*100/)])
    const piped = await runPhiz(['say', '-'], { cwd: folder, environment, input: 'word '.repeat(100_000) })
    expect([piped.code, piped.err]).toEqual([
      2,
      expect.stringMatching(/longer than the limit of 100 characters/),
    ])
    const bytes = await runPhiz(['say', '-'], { cwd: folder, input: Uint8Array.of(0xff, 0xfe, 0xfd) })
    expect([bytes.code, bytes.err]).toEqual([2, expect.stringMatching(/not UTF-8/)])
  })
})
