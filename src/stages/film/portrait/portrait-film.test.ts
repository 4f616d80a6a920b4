/**
 * Films of a real photo and a real voice, through the engines of the line in their workers, read back. One file,
 * although long: its tests share the engines.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tap } from 'rxjs'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest'
import { configSchema } from '../../../config/schema.js'
import { CancelledError, InputError, MediaError } from '../../../errors.js'
import { BLENDSHAPE_INDEX as B, type BlendshapeName } from '../../../pipeline/blendshapes.js'
import type { MotionPacket } from '../../../pipeline/packet.js'
import { ModelRegistry } from '../../../runtime/registry.js'
import { openFaceTracker } from '../../face/find.js'
import { faceModel } from '../../face/model.js'
import type faceProgram from '../../face/program.js'
import type visemesProgram from '../../expression/visemes/program.js'
import { visemesModel } from '../../expression/visemes/model.js'
import { visemeExpression } from '../../expression/visemes/stage.js'
import { portraitModel } from '../../video/portrait/model.js'
import type portraitProgram from '../../video/portrait/program.js'
import { PORTRAIT } from '../../../../test/media/film-portrait.js'
import { readFilm, type Film } from '../../../../test/media/read-film.js'
import type { FilmMaker, FilmOptions, FilmSettings } from '../film.js'
import { portraitFilm, type FilmEngines } from './portrait-film.js'

const MODELS = fileURLToPath(new URL('../../../../models', import.meta.url))
const SPEECH = fileURLToPath(new URL('../../../../test/media/speech-en-3s.wav', import.meta.url))

/** A small film of the face alone: quick, and all of it moves. */
const SETTINGS: FilmSettings = {
  emotion: 'neutral',
  refScale: 3,
  emoScale: 6,
  crop: true,
  inferenceSteps: 20,
  duration: 0.8,
  fps: 10,
  seed: 11,
  dynamicScale: 1,
  minResolution: 128,
  expandRatio: 0.5,
}

let registry: ModelRegistry
let maker: FilmMaker
/** What moved the face in the film made last. */
let motion: MotionPacket[]
let folder: string

const faces: FilmEngines['faces'] = () => registry.load<typeof faceProgram>(faceModel())

beforeAll(async () => {
  registry = new ModelRegistry({ device: { kind: 'cpu' } })
  const visemes = await visemesModel(MODELS)
  const ready = { subject: { kind: 'built-in', size: 64 } } as const
  maker = portraitFilm({
    faces,
    expression: async (acting) => {
      const engine = await registry.load<typeof visemesProgram>(visemes.spec)
      const stage = visemeExpression(engine, visemes, { fps: 30, ...acting })
      motion = []
      return {
        ...stage,
        open: (turn) => (audio) =>
          stage
            .open(turn)(audio)
            .pipe(tap((packet) => motion.push(packet))),
      }
    },
    portrait: () => registry.load<typeof portraitProgram>(portraitModel(MODELS, { ready, workers: 1 })),
    inFlight: 2,
    limits: configSchema.parse({}).avatars,
  })
})

afterAll(async () => {
  await registry.shutdown()
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-film-test-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

interface Asked extends Partial<Omit<FilmSettings, 'duration'>> {
  readonly duration?: number | undefined
  readonly portrait?: string
  readonly audio?: string
}

function start(asked: Asked, options: Partial<FilmOptions> = {}): Promise<void> {
  const { portrait = PORTRAIT, audio = SPEECH, duration, ...own } = { ...SETTINGS, ...asked }
  const settings = { ...own, ...(duration !== undefined && { duration }) }
  const request = { portrait, audio, output: join(folder, 'film.mp4'), settings }
  return maker.make(request, { signal: new AbortController().signal, ...options })
}

async function make(asked: Asked = {}, options: Partial<FilmOptions> = {}): Promise<Film> {
  await start(asked, options)
  return readFilm(join(folder, 'film.mp4'))
}

/** Mean difference of two pictures, in 1/255. */
function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0
  for (const [i, value] of a.entries()) sum += Math.abs(value - b[i]!)
  return sum / a.length
}

function highest(name: BlendshapeName): number {
  return Math.max(...motion.map(({ weights }) => weights[B[name]]!))
}

/** How far the head turns to either side, in radians. */
function turning(): number {
  return Math.max(...motion.map(({ rotation }) => Math.abs(rotation[1])))
}

/** From cheek to cheek and from forehead to chin, in pixels of the film. */
async function faceSize({ pictures }: Film, width: number, height: number): Promise<[number, number]> {
  const tracker = await openFaceTracker(await faces(), { signal: new AbortController().signal })
  const face = await tracker.track({ rgb: pictures[0]!, width, height })
  await tracker.close()
  return [face!.box.width, face!.box.height]
}

describe('a film', () => {
  it('lasts as long as the sound, at the rate and size that were asked for, with the sound in it', async () => {
    const film = await make({ duration: undefined, fps: 12, minResolution: 144 })
    expect(film.times).toHaveLength(Math.ceil(2.99 * 12))
    for (const [i, time] of film.times.entries()) expect(time).toBeCloseTo(i / 12, 3)
    expect(film.audioDuration).toBeCloseTo(2.99, 1)
    expect(film.pictures[0]).toHaveLength(144 * 144 * 3)
    expect(highest('jawOpen')).toBeGreaterThan(0.2)
    expect(await readdir(folder)).toEqual(['film.mp4'])
  })

  it.each([8, 60])('has %i frames a second when it is to', async (fps) => {
    const film = await make({ fps, duration: 0.5 })
    expect(film.times).toHaveLength(fps / 2)
    expect(film.videoDuration).toBeCloseTo(0.5, 3)
  })

  it('ends before the sound when it is to be shorter', async () => {
    const film = await make({ duration: 1.2 })
    expect(film.videoDuration).toBeCloseTo(1.2, 3)
    expect(film.audioDuration).toBeCloseTo(1.2, 1)
  })

  it('goes on after the sound when it is to be longer: silent, the mouth shut, alive', async () => {
    const film = await make({ duration: 4.5, dynamicScale: 2 })
    expect(film.videoDuration).toBeCloseTo(4.5, 3)
    expect(film.audioDuration).toBeCloseTo(4.5, 1)
    const after = motion.filter(({ timestamp }) => timestamp > 3.6e6)
    for (const { weights } of after) expect(weights[B.jawOpen]).toBeLessThan(0.03)
    expect(difference(film.pictures[37]!, film.pictures[44]!)).toBeGreaterThan(0.3)
  })

  it('is the same again with the same seed, and another with another seed', async () => {
    const film = await make()
    const moved = motion
    const again = await make()
    expect(motion.map(({ weights, rotation }) => ({ weights, rotation }))).toEqual(
      moved.map(({ weights, rotation }) => ({ weights, rotation })),
    )
    expect(again.pictures).toEqual(film.pictures)
    const other = await make({ seed: 12 })
    expect(motion[5]!.rotation).not.toEqual(moved[5]!.rotation)
    expect(difference(other.pictures[4]!, film.pictures[4]!)).toBeGreaterThan(0.3)
  })

  it('tells how far it is, never going back, from the portrait to the end', async () => {
    const told: (readonly [number, string])[] = []
    await make({}, { onProgress: (...progress) => told.push(progress) })
    expect(told[0]).toEqual([0, 'Preparing portrait'])
    expect(told.at(-1)).toEqual([1, 'Encoding'])
    const done = told.map(([share]) => share)
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect(new Set(told.map(([, doing]) => doing))).toEqual(
      new Set(['Preparing portrait', 'Generating video...', 'Encoding']),
    )
    expect(new Set(done.filter((share) => share > 0.1 && share < 0.95)).size).toBeGreaterThan(5)
  })
})

describe('its frame', () => {
  it('is the whole picture in its own shape, in which all but the head stands still', async () => {
    const tall = join(folder, 'tall.png')
    await sharp(PORTRAIT).extract({ left: 100, top: 0, width: 260, height: 512 }).toFile(tall)
    const film = await make({ portrait: tall, crop: false, minResolution: 200, dynamicScale: 3 })
    const [width, height] = [200, 394]
    expect(film.pictures[0]).toHaveLength(width * height * 3)
    const expected = await sharp(tall).resize(width, height, { fit: 'fill' }).removeAlpha().raw().toBuffer()
    const below = 260 * width * 3
    for (const picture of film.pictures) {
      expect(difference(picture.subarray(below), expected.subarray(below))).toBeLessThan(5)
    }
    const [first, last] = [film.pictures[0]!, film.pictures[6]!]
    const head = 120 * width * 3
    expect(difference(first.subarray(0, head), last.subarray(0, head))).toBeGreaterThan(
      5 * difference(first.subarray(below), last.subarray(below)),
    )
  })

  it('is filled by the face when the picture is cropped, the more the less is to be kept around it', async () => {
    const sizes = []
    for (const asked of [{ crop: false }, { expandRatio: 1 }, { expandRatio: 0.3 }]) {
      const film = await make({ ...asked, duration: 0.1, minResolution: 256 })
      const [width, height] = await faceSize(film, 256, 256)
      sizes.push(Math.max(width, height))
    }
    const [whole, wide, close] = sizes
    // A face that keeps its whole size on each side is a third of the picture; with 0.3 of it, 1 / 1.6.
    expect(wide! / 256).toBeGreaterThan(0.3)
    expect(wide! / 256).toBeLessThan(0.42)
    expect(close! / 256).toBeGreaterThan(0.58)
    expect(close! / 256).toBeLessThan(0.78)
    expect(whole).toBeLessThan(0.75 * wide!)
  })
})

describe('its acting', () => {
  it('shows the emotion, more of it with more emoScale', async () => {
    const neutral = await make({ duration: 0.1 })
    const angry = await make({ duration: 0.1, emotion: 'angry' })
    const brows = highest('browDownLeft')
    const furious = await make({ duration: 0.1, emotion: 'angry', emoScale: 10 })
    expect(brows).toBeGreaterThan(0.7)
    expect(highest('browDownLeft')).toBeGreaterThan(brows)
    const [some, more] = [angry, furious].map(({ pictures }) =>
      difference(pictures[0]!, neutral.pictures[0]!),
    )
    expect(some).toBeGreaterThan(1)
    expect(more).toBeGreaterThan(1.1 * some!)
  })

  it('opens the mouth with emoScale, and not at all at 0', async () => {
    const openings = []
    for (const emoScale of [0, 6, 10]) {
      await make({ emoScale, emotion: 'surprised', duration: 1.2 })
      openings.push(highest('jawOpen'))
      expect(motion.every(({ weights }) => weights.every((weight) => weight >= 0 && weight <= 1))).toBe(true)
    }
    expect(openings[0]).toBeLessThan(0.001)
    expect(openings[1]).toBeGreaterThan(0.2)
    expect(openings[2]).toBeGreaterThan(1.15 * openings[1]!)
  })

  it('moves the head with dynamicScale, less with refScale', async () => {
    const turns = []
    for (const [dynamicScale, refScale] of [
      [0.1, 3],
      [1, 10],
      [1, 3],
      [3, 3],
    ] as const) {
      await make({ dynamicScale, refScale })
      turns.push(turning())
    }
    expect(turns).toEqual([...turns].sort((a, b) => a - b))
    expect(turns[3]! / turns[0]!).toBeCloseTo(30, 1)
    expect(turns[2]! / turns[1]!).toBeGreaterThan(2)
    expect(turns[3]).toBeLessThan((12 * Math.PI) / 180)
  })
})

describe('a film that cannot be made', () => {
  const kinds = { InputError, MediaError }

  it.each([
    ['InputError', /^No face was found in image/, { portrait: 'empty.png' }],
    ['MediaError', /^image /, { portrait: 'text.txt' }],
    ['InputError', /image/, { portrait: 'nothing.png' }],
    ['MediaError', /^audio /, { audio: 'text.txt' }],
    ['InputError', /audio/, { audio: 'nothing.wav' }],
    [
      'InputError',
      /^audio lasts 301 seconds; a film has at most 300/,
      { audio: 'long.wav', duration: undefined },
    ],
    ['InputError', /^fps is 61/, { fps: 61 }],
  ] as const)('is refused with an %s that matches %s', async (kind, message, asked) => {
    const gray = { width: 300, height: 300, channels: 3, background: '#888' } as const
    await sharp({ create: gray }).toFile(join(folder, 'empty.png'))
    await writeFile(join(folder, 'text.txt'), 'These are words and nothing else. '.repeat(50))
    await writeFile(join(folder, 'long.wav'), silentWav(301))
    const before = await readdir(folder)
    const files = Object.fromEntries(
      Object.entries(asked).map(([key, value]) => [
        key,
        key === 'portrait' || key === 'audio' ? join(folder, String(value)) : value,
      ]),
    )
    const error = await start(files).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(kinds[kind])
    expect((error as Error).message).toMatch(message)
    expect(await readdir(folder)).toEqual(before)
  })

  it('is refused when its folder is not there', async () => {
    await rm(folder, { recursive: true })
    await expect(start({})).rejects.toThrow(/film\.mp4 cannot be written: there is no such file or folder/)
  })

  it.each([0, 0.05, 0.3, 0.8])(
    'is given up when it is cancelled at %f, and leaves nothing',
    async (moment) => {
      const controller = new AbortController()
      const onProgress = (done: number): void => {
        if (done >= moment) controller.abort()
      }
      await expect(start({ duration: 2 }, { signal: controller.signal, onProgress })).rejects.toThrow(
        CancelledError,
      )
      expect(await readdir(folder)).toEqual([])
    },
  )

  it('is not begun when it was cancelled before', async () => {
    const told: number[] = []
    const options = { signal: AbortSignal.abort(), onProgress: (done: number) => told.push(done) }
    await expect(start({}, options)).rejects.toThrow(CancelledError)
    expect(told).toEqual([])
  })
})

/** 8-bit mono at 1 kHz, so that it is small. */
function silentWav(seconds: number): Uint8Array {
  const samples = seconds * 1000
  const bytes = Buffer.alloc(44 + samples, 128)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(1000, 24)
  bytes.writeUInt32LE(1000, 28)
  bytes.writeUInt16LE(1, 32)
  bytes.writeUInt16LE(8, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples, 40)
  return bytes
}
