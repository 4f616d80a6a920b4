/** The real networks in a real worker, on real pictures. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CancelledError, InputError } from '../../errors.js'
import type { RgbPicture } from '../../media/rgb-picture.js'
import { LANDMARK } from './contract.js'
import { findFaces, type FoundFace } from './find.js'
import { agreement } from './fixtures/agreement.js'
import { openFaceEngine } from './fixtures/engine.js'
import {
  astronaut,
  avatars,
  blurred,
  cut,
  grey,
  mirrored,
  paste,
  plain,
  scaled,
  texture,
  turned,
} from './fixtures/pictures.js'
import { faceWidth } from './landmarks.js'
import type { FaceEngine } from './model.js'

const { signal } = new AbortController()
let engine: FaceEngine
let portrait: RgbPicture
let face: FoundFace

beforeAll(async () => {
  engine = await openFaceEngine()
  portrait = await astronaut()
  face = await only(portrait)
})

afterAll(async () => {
  await engine.dispose()
})

const find = (picture: RgbPicture): Promise<FoundFace[]> => findFaces(engine, picture, { signal })

async function only(picture: RgbPicture): Promise<FoundFace> {
  const faces = await find(picture)
  expect(faces).toHaveLength(1)
  return faces[0]!
}

/** Width of the portrait's face after scaling. */
const factorFor = (width: number): number => width / faceWidth(face.landmarks)

describe('a portrait', () => {
  it('gives landmarks that lie where they should', () => {
    const at = (index: number) => [...face.landmarks.subarray(index * 3, index * 3 + 2)]
    const near = (index: number, x: number, y: number) => {
      const [left, top] = at(index)
      expect(Math.hypot(left! - x, top! - y), `landmark ${index}`).toBeLessThan(3.5)
    }
    // Read off an enlargement of the picture by eye: corners of eyes and mouth, tip of the nose, lip, chin.
    near(LANDMARK.rightEyeOuterCorner, 193, 101)
    near(LANDMARK.leftEyeOuterCorner, 259, 104)
    near(61, 202, 139)
    near(291, 246, 141)
    near(4, 223, 127)
    near(13, 223, 142)
    near(152, 221, 178)
    expect(face.presence).toBeGreaterThan(0.99)
    expect(face.landmarks).toHaveLength(468 * 3)
  })

  it('has its nose nearer to the viewer than its cheeks', () => {
    const depth = (index: number): number => face.landmarks[index * 3 + 2]!
    const width = faceWidth(face.landmarks)
    expect(depth(LANDMARK.rightCheek) - depth(1)).toBeGreaterThan(0.3 * width)
    expect(depth(LANDMARK.leftCheek) - depth(1)).toBeGreaterThan(0.3 * width)
  })

  it('gives a box that all landmarks lie in', () => {
    const { left, top, width, height } = face.box
    const xs = face.landmarks.filter((_, i) => i % 3 === 0)
    const ys = face.landmarks.filter((_, i) => i % 3 === 1)
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([left, left + width])
    expect([Math.min(...ys), Math.max(...ys)]).toEqual([top, top + height])
  })

  it('gives the same numbers each time, and is left as it was', async () => {
    const padded = new Uint8Array(portrait.rgb.length + 64)
    padded.set(portrait.rgb, 32)
    const rgb = padded.subarray(32, -32)
    const again = await only({ ...portrait, rgb })
    expect(again).toEqual(face)
    expect(Buffer.compare(rgb, portrait.rgb)).toBe(0)
  })

  it.each([20, 45, 90, -90, 150, 180])('is found when it is turned by %d°', async (degrees) => {
    const picture = turned(portrait, degrees)
    const cosine = Math.cos((degrees * Math.PI) / 180)
    const sine = Math.sin((degrees * Math.PI) / 180)
    const { mean, most } = agreement((await only(picture)).landmarks, face.landmarks, (x, y) => {
      const u = x - picture.width / 2
      const v = y - picture.height / 2
      return [u * cosine + v * sine + portrait.width / 2, v * cosine - u * sine + portrait.height / 2]
    })
    expect(mean).toBeLessThan(0.006)
    expect(most).toBeLessThan(0.015)
  })

  it.each([0.5, 0.75, 1.5, 3])('is found when it is scaled by %d', async (factor) => {
    const { landmarks } = await only(await scaled(portrait, factor))
    const { mean, most } = agreement(landmarks, face.landmarks, (x, y) => [x / factor, y / factor])
    expect(mean).toBeLessThan(0.008)
    expect(most).toBeLessThan(0.015)
  })

  it('is found in a mirror, with right and left exchanged', async () => {
    const { landmarks } = await only(mirrored(portrait))
    const width = faceWidth(face.landmarks)
    const pairs = [
      [LANDMARK.rightEyeOuterCorner, LANDMARK.leftEyeOuterCorner],
      [LANDMARK.leftEyeOuterCorner, LANDMARK.rightEyeOuterCorner],
      [61, 291],
      [1, 1],
      [152, 152],
    ] as const
    for (const [index, opposite] of pairs) {
      const x = portrait.width - landmarks[index * 3]! - face.landmarks[opposite * 3]!
      const y = landmarks[index * 3 + 1]! - face.landmarks[opposite * 3 + 1]!
      expect(Math.hypot(x, y) / width, `landmark ${index}`).toBeLessThan(0.05)
    }
  })

  it('is found without colours', async () => {
    const { landmarks } = await only(grey(portrait))
    expect(agreement(landmarks, face.landmarks, (x, y) => [x, y]).mean).toBeLessThan(0.01)
  })

  it('is found when it fills the picture, and when its forehead is cut off', async () => {
    const tight = await only(await cut(portrait, 170, 60, 110, 125))
    expect(agreement(tight.landmarks, face.landmarks, (x, y) => [x + 170, y + 60]).mean).toBeLessThan(0.03)
    const without = await only(await cut(portrait, 100, 90, 250, 250))
    expect(agreement(without.landmarks, face.landmarks, (x, y) => [x + 100, y + 90]).mean).toBeLessThan(0.03)
    expect(without.box.top).toBeLessThan(-10)
  })
})

describe('a picture of 12 megapixels', () => {
  it.each([
    { width: 60, left: 3600, top: 120 },
    { width: 60, left: 1733, top: 2570 },
    { width: 220, left: 70, top: 1500 },
  ])('gives a face of $width pixels', async ({ width, left, top }) => {
    const picture = plain(4000, 3000)
    const factor = factorFor(width)
    paste(picture, await scaled(portrait, factor), left, top)
    const { landmarks } = await only(picture)
    const { mean } = agreement(landmarks, face.landmarks, (x, y) => [(x - left) / factor, (y - top) / factor])
    expect(mean).toBeLessThan(0.01)
  })

  it('gives a face of 800 pixels', async () => {
    const picture = plain(4000, 3000)
    const factor = factorFor(800)
    paste(picture, await scaled(await cut(portrait, 100, 0, 250, 250), factor), 1500, 400)
    const { landmarks } = await only(picture)
    const place = (x: number, y: number) => [(x - 1500) / factor + 100, (y - 400) / factor] as const
    expect(agreement(landmarks, face.landmarks, place).mean).toBeLessThan(0.01)
  })
})

describe('several faces', () => {
  it('come with the largest first', async () => {
    const picture = plain(1600, 1200)
    paste(picture, await scaled(portrait, factorFor(70)), 1150, 700)
    paste(picture, await scaled(portrait, factorFor(180)), 60, 40)
    paste(picture, await scaled(portrait, factorFor(70)), 1100, 30)
    const faces = await find(picture)
    expect(faces.map(({ landmarks }) => Math.round(faceWidth(landmarks) / 10) * 10)).toEqual([180, 70, 70])
  })

  it('are found where they are drawn', async () => {
    const faces = await find(await avatars())
    expect(faces.length).toBeGreaterThanOrEqual(1)
    for (const { presence } of faces) expect(presence).toBeGreaterThan(0.9)
  })
})

describe('a picture without a face', () => {
  it('gives none', async () => {
    expect(await find(plain(300, 200))).toEqual([])
    expect(await find(plain(1, 1))).toEqual([])
    expect(await find(plain(1, 900))).toEqual([])
    expect(await find(texture(600))).toEqual([])
    expect(await find(await blurred(portrait, 30))).toEqual([])
    expect(await find(await cut(portrait, 0, 200, 512, 312))).toEqual([])
  })

  it('is refused when its numbers do not fit together', async () => {
    const { rgb } = plain(3, 2)
    await expect(find({ rgb, width: 3, height: 3 })).rejects.toThrow(InputError)
    await expect(find({ rgb, width: 3, height: 3 })).rejects.toThrow(
      'The picture is 3 × 3 pixels with 18 bytes; both sides must be whole numbers above 0, with three bytes',
    )
    await expect(find({ rgb: new Uint8Array(), width: 0, height: 0 })).rejects.toThrow(InputError)
    await expect(find({ rgb, width: 4.5, height: 4 / 3 })).rejects.toThrow(InputError)
  })
})

describe('a search', () => {
  it('ends when its signal aborts, and leaves the engine as it was', async () => {
    const ending = new AbortController()
    const searches = [find(portrait), findFaces(engine, plain(4000, 3000), { signal: ending.signal })]
    const outcome = expect(searches[1]).rejects.toThrow(CancelledError)
    setTimeout(() => {
      ending.abort()
    }, 30)
    await outcome
    expect(await searches[0]).toEqual([face])
    await expect(findFaces(engine, portrait, { signal: ending.signal })).rejects.toThrow(CancelledError)
    expect(await find(portrait)).toEqual([face])
  })
})
