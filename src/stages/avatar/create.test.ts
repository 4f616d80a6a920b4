import { renameSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { filmPortrait, PORTRAIT, type Shot } from '../../../test/media/film-portrait.js'
import { CancelledError } from '../../errors.js'
import { readPicture } from '../../media/picture.js'
import { ModelRegistry } from '../../runtime/registry.js'
import { findFaces } from '../face/find.js'
import { faceModel, type FaceEngine } from '../face/model.js'
import type faceProgram from '../face/program.js'
import { createAvatar } from './create.js'
import type { AvatarObserver, AvatarProgress, AvatarRequest } from './job.js'
import { LANDMARK_VALUES, type AvatarManifest } from './manifest.js'
import { readAvatar } from './read.js'
import { AvatarStore } from './store.js'

const LIMITS = {
  maxImageBytes: 33_554_432,
  maxImagePixels: 100_000_000,
  maxVideoBytes: 33_554_432,
  maxVideoSeconds: 10,
}
const WIDTH = 320
const HEIGHT = 240
const FPS = 10

const signal = new AbortController().signal
const registry = new ModelRegistry({ device: { kind: 'cpu' } })
const faces = (): Promise<FaceEngine> => registry.load<typeof faceProgram>(faceModel())

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-create-'))
})
afterAll(async () => {
  await registry.shutdown()
  await rm(folder, { recursive: true })
})

let store: AvatarStore
let count = 0
let warnings: string[]
let progress: AvatarProgress[]
beforeEach(() => {
  store = new AvatarStore(join(folder, `store-${++count}`))
  warnings = []
  progress = []
})

function create(
  source: AvatarRequest['source'],
  more: Partial<AvatarRequest> = {},
  observer: Partial<AvatarObserver> = {},
): Promise<AvatarManifest> {
  return createAvatar(
    { store, faces, limits: LIMITS },
    { id: 'anna', source, ...more },
    {
      signal,
      onProgress: (step) => progress.push(step),
      onWarning: (warning) => warnings.push(warning),
      ...observer,
    },
  )
}

async function photo(
  width: number,
  height: number,
  portraits: readonly [x: number, y: number, size: number][],
) {
  const layers = portraits.map(async ([left, top, size]) => ({
    input: await sharp(PORTRAIT).resize(size, size).toBuffer(),
    left,
    top,
  }))
  return sharp({ create: { width, height, channels: 3, background: '#8a8f96' } })
    .composite(await Promise.all(layers))
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer()
}

/** Root of the mean squared distance on x and y, in pixels. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) if (i % 3 !== 2) sum += (a[i]! - b[i]!) ** 2
  return Math.sqrt((sum * 3) / a.length)
}

describe('createAvatar of a photo', () => {
  it('cuts the head out and keeps landmarks that lie on it', async () => {
    const bytes = await photo(1500, 1100, [[420, 60, 1000]])
    const manifest = await create({ kind: 'image', bytes, name: 'party.jpg' }, { bboxShift: -7 })
    expect(manifest).toMatchObject({
      kind: 'portrait',
      source: { name: 'party.jpg', format: 'jpeg', width: 1500, height: 1100 },
      face: { others: 0 },
      bboxShift: -7,
    })
    expect(manifest.face.width).toBeGreaterThan(160)
    expect(manifest.face.width).toBeLessThan(200)
    expect(Math.abs(manifest.face.yaw)).toBeLessThan(12)
    expect(manifest.width).toBe(manifest.height)
    expect(manifest.width).toBeLessThan(700)
    expect(warnings).toEqual([])
    expect(progress.map(({ phase }) => phase)).toEqual(['reading', 'finding', 'storing'])

    const avatar = await readAvatar(store.folderOf('anna'))
    if (avatar.kind !== 'portrait') throw new Error('not a portrait')
    const picture = await readPicture(avatar.picture, { maxBytes: 1e9, maxPixels: 1e9 })
    expect([picture.width, picture.height]).toEqual([manifest.width, manifest.height])
    const [again] = await findFaces(await faces(), picture, { signal })
    expect(distance(again!.landmarks, avatar.landmarks)).toBeLessThan(0.015 * manifest.face.width)
    const preview = await sharp(avatar.preview).metadata()
    expect([preview.format, preview.width]).toEqual(['jpeg', 320])
  })

  it('stores a large head smaller, and never enlarges a small one', async () => {
    const large = await create({ kind: 'image', bytes: await photo(3400, 3400, [[0, 0, 3400]]) })
    expect([large.width, large.height]).toEqual([1536, 1536])
    const small = await create({ kind: 'image', path: PORTRAIT }, { id: 'small' })
    expect(small.source).toEqual({ name: 'portrait-astronaut.png', format: 'png', width: 512, height: 512 })
    expect(small.width).toBeLessThan(512)
  })

  it('takes the largest of several faces and says so', async () => {
    const bytes = await photo(1400, 900, [
      [0, 200, 500],
      [520, 20, 860],
    ])
    const manifest = await create({ kind: 'image', bytes, name: 'two.jpg' })
    expect(manifest.face.others).toBe(1)
    expect(manifest.face.width).toBeGreaterThan(130)
    expect(warnings).toEqual(['2 faces were found in two.jpg; the largest is used.'])
  })

  it('leaves nothing behind when there is no face', async () => {
    await expect(
      create({ kind: 'image', bytes: await photo(640, 480, []), name: 'wall.jpg' }),
    ).rejects.toThrow(/^No face was found in wall\.jpg \(640 × 480 pixels\)/)
    expect(await readdir(store.folder)).toEqual([])
  })

  it('refuses numbers out of range before anything is read', async () => {
    const source = { kind: 'image', path: join(folder, 'none.jpg') } as const
    await expect(create(source, { bboxShift: 0.5 })).rejects.toThrow(
      'bboxShift is 0.5; a whole number from -200 to 200 is expected.',
    )
    await expect(create(source, { batchSize: 0 })).rejects.toThrow(
      'batchSize is 0; a whole number from 1 to 64 is expected.',
    )
    await expect(
      create(source, {}, { signal: AbortSignal.abort(new CancelledError('No.')) }),
    ).rejects.toThrow('No.')
  })
})

describe('createAvatar of a video', () => {
  /** A head that sways, 128 pixels wide. */
  const shot = (t: number): Shot => ({
    x: 160 + 20 * Math.sin(t / 3),
    y: 120 + 4 * Math.cos(t / 4),
    scale: 1.35,
    tilt: 3 * Math.sin(t / 5),
  })

  async function film(name: string, seen: readonly boolean[]): Promise<string> {
    const path = join(folder, name)
    const shots = seen.map((there, t) => (there ? shot(t) : undefined))
    await filmPortrait(path, { width: WIDTH, height: HEIGHT, fps: FPS, shots })
    return path
  }
  /** So many frames with a face, or with a minus sign without one. */
  const frames = (...runs: readonly number[]): boolean[] =>
    runs.flatMap((run) => Array.from({ length: Math.abs(run) }, () => run > 0))

  let whole: string
  /** Seen for 0.4 s only after 0.3 s, hidden for 0.3 s, gone for the last 0.8 s. */
  let interrupted: string
  let photoLandmarks: Float32Array
  beforeAll(async () => {
    whole = await film('whole.mp4', frames(20))
    interrupted = await film('interrupted.mp4', frames(-3, 4, -3, 6, -8))
    const picture = await readPicture(PORTRAIT, { maxBytes: 1e9, maxPixels: 1e9 })
    photoLandmarks = (await findFaces(await faces(), picture, { signal }))[0]!.landmarks
  })

  /** Where the photo's landmarks are in frame `t`. */
  function truth(t: number): Float32Array {
    const { x, y, scale = 1, tilt = 0 } = shot(t)
    const cos = Math.cos((tilt * Math.PI) / 180) * scale
    const sin = Math.sin((tilt * Math.PI) / 180) * scale
    return photoLandmarks.map((_, i) => {
      const point = i - (i % 3)
      const [u, v] = [photoLandmarks[point]! - 224, photoLandmarks[point + 1]! - 118]
      return i % 3 === 0 ? x + cos * u - sin * v : i % 3 === 1 ? y + sin * u + cos * v : 0
    })
  }

  it('keeps every frame, and landmarks that lie on the face', async () => {
    const manifest = await create({ kind: 'video', path: whole }, { batchSize: 2 })
    expect(manifest).toMatchObject({
      kind: 'video',
      source: { name: 'whole.mp4', format: 'h264', width: WIDTH, height: HEIGHT, seconds: 2 },
      face: { others: 0 },
      frames: { count: 20, fps: FPS },
      width: WIDTH,
      height: HEIGHT,
    })
    expect(warnings).toEqual([])
    const steps = progress.filter(({ phase }) => phase === 'frames')
    expect(steps.map(({ done }) => done)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(steps.every(({ total, fps }) => total === 20 && fps === FPS)).toBe(true)

    const avatar = await readAvatar(store.folderOf('anna'))
    if (avatar.kind !== 'video') throw new Error('not a video')
    const wide = manifest.face.width
    for (let t = 0; t < 20; t++) {
      const landmarks = avatar.landmarks.subarray(t * LANDMARK_VALUES, (t + 1) * LANDMARK_VALUES)
      expect(distance(landmarks, truth(t)), `frame ${t}`).toBeLessThan(0.02 * wide)
    }
    const last = await readPicture(avatar.frames[19]!, { maxBytes: 1e9, maxPixels: 1e9 })
    expect([last.width, last.height, last.format]).toEqual([WIDTH, HEIGHT, 'jpeg'])
    const [again] = await findFaces(await faces(), last, { signal })
    expect(distance(again!.landmarks, truth(19))).toBeLessThan(0.02 * wide)
  })

  it('cuts off ends without a face, with a warning, and bridges a moment without one', async () => {
    const bytes = await readFile(interrupted)
    const manifest = await create({ kind: 'video', bytes, name: 'clip.mp4' })
    expect(manifest).toMatchObject({ frames: { count: 13 }, source: { name: 'clip.mp4' } })
    expect(warnings).toEqual([
      'The first 0.3 s of clip.mp4 are left out: no face is seen there.',
      'The last 0.8 s of clip.mp4 are left out: no face is seen there.',
    ])
    const avatar = await readAvatar(store.folderOf('anna'))
    for (let t = 0; t < 13; t++) {
      const landmarks = avatar.landmarks.subarray(t * LANDMARK_VALUES, (t + 1) * LANDMARK_VALUES)
      // Frames 4 to 6 are guessed.
      const most = t >= 3 && t <= 7 ? 0.08 : 0.03
      expect(distance(landmarks, truth(t + 3)), `frame ${t}`).toBeLessThan(most * manifest.face.width)
    }
  })

  it('refuses a face that is away for long, or not there at all', async () => {
    const away = await film('away.mp4', frames(4, -8, 4))
    await expect(create({ kind: 'video', path: away })).rejects.toThrow(
      /away\.mp4 from 0\.4 s to 1\.2 s; at most 0\.5 s can be bridged\./,
    )
    const wall = await film('wall.mp4', frames(-6))
    await expect(create({ kind: 'video', path: wall })).rejects.toThrow(
      /^No face was found in .*wall\.mp4 \(6 frames of 320 × 240 pixels\)\./,
    )
    const moment = await film('moment.mp4', frames(-3, 1, -3))
    await expect(create({ kind: 'video', path: moment })).rejects.toThrow(
      /^A face was found in only one frame of .*moment\.mp4; at least 2 are needed\./,
    )
    expect(await readdir(store.folder)).toEqual([])
  })

  it('refuses a face that is too small most of the time, and warns of a moment', async () => {
    const sizes = async (name: string, scales: readonly number[]): Promise<string> => {
      const path = join(folder, name)
      const shots = scales.map((scale) => ({ x: 160, y: 120, scale }))
      await filmPortrait(path, { width: WIDTH, height: HEIGHT, fps: FPS, shots })
      return path
    }
    const near = Array.from({ length: 16 }, () => 1.3)
    const away = (from: number, to: number): number[] =>
      // Going and coming take half a second, so that the face can be followed.
      near.map((scale, t) =>
        t < from || t > to ? scale : Math.max(0.6, scale - 0.18 * Math.min(t - from, to - t)),
      )
    const moment = await sizes('moment-away.mp4', away(6, 16))
    await create({ kind: 'video', path: moment })
    expect(warnings).toEqual([
      expect.stringMatching(/^The face in .*moment-away\.mp4 at 1\.\d s is \d\d pixels wide/),
    ])
    const far = await sizes(
      'far.mp4',
      near.map(() => 0.6),
    )
    await expect(create({ kind: 'video', path: far }, { id: 'far' })).rejects.toThrow(
      /^The face in .*far\.mp4 at 0\.0 s is \d\d pixels wide, from cheek to cheek; at least 64 are needed\./,
    )
  })

  it('stops when it is told to, and leaves nothing', async () => {
    const controller = new AbortController()
    const stopped = new CancelledError('Stopped.')
    await expect(
      create(
        { kind: 'video', path: whole },
        {},
        {
          signal: controller.signal,
          onProgress: ({ done }) => {
            if (done === 5) controller.abort(stopped)
          },
        },
      ),
    ).rejects.toBeInstanceOf(CancelledError)
    expect(await readdir(store.folder)).toEqual([])
    // The engine has not suffered.
    expect(await create({ kind: 'video', path: whole })).toMatchObject({ frames: { count: 20 } })
  })

  it('says so when its folder goes away', async () => {
    const gone = create(
      { kind: 'video', path: whole },
      { batchSize: 1 },
      {
        onProgress: ({ done }) => {
          if (done === 3) renameSync(store.folder, `${store.folder}-elsewhere`)
        },
      },
    )
    await expect(gone).rejects.toThrow(
      `Avatar "anna" cannot be stored in ${store.folder}: there is no such file or folder.`,
    )
  })
})
