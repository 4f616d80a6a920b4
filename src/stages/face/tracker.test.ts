/** The tracker with the real networks in a real worker, on films that are put together from two people's pictures. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CancelledError, InputError } from '../../errors.js'
import type { RgbPicture } from '../../media/rgb-picture.js'
import { findFaces, openFaceTracker, type FaceTracker, type FoundFace } from './find.js'
import { agreement } from './fixtures/agreement.js'
import { openFaceEngine } from './fixtures/engine.js'
import { astronaut, avatars, cut, paste, plain, scaled } from './fixtures/pictures.js'
import type { FaceEngine } from './model.js'

let engine: FaceEngine
/** Head and hair of one person, and of another, each in a square. */
let one: RgbPicture
let other: RgbPicture
let ending: AbortController
let tracker: FaceTracker

beforeAll(async () => {
  engine = await openFaceEngine()
  one = await cut(await astronaut(), 130, 20, 190, 190)
  const all = await avatars()
  other = await scaled(await cut(all, 0, 0, all.height, all.height), 190 / all.height)
})

afterAll(async () => {
  await engine.dispose()
})

beforeEach(async () => {
  ending = new AbortController()
  tracker = await openFaceTracker(engine, ending)
})

afterEach(async () => {
  await tracker.close()
})

interface Cast {
  readonly who: RgbPicture
  readonly left: number
  readonly top: number
}

function scene(...cast: readonly Cast[]): RgbPicture {
  const picture = plain(640, 480)
  for (const { who, left, top } of cast) paste(picture, who, left, top)
  return picture
}

/** Whether a face is that of the one who stands there. */
function isOf(face: FoundFace | undefined, { who, left, top }: Cast): boolean {
  if (face === undefined) return false
  const x = face.box.left + face.box.width / 2 - left - who.width / 2
  const y = face.box.top + face.box.height / 2 - top - who.height / 2
  return Math.hypot(x, y) < 0.2 * who.width
}

describe('a tracker', () => {
  it('follows a face that moves and grows, as exactly as a search finds it', async () => {
    for (let k = 0; k < 12; k++) {
      const size = 1 + 0.03 * k
      const who = await scaled(one, size)
      const picture = scene({ who, left: 40 + 25 * k, top: 100 + Math.round(40 * Math.sin(k)) })
      const face = await tracker.track(picture)
      const [found] = await findFaces(engine, picture, ending)
      const { mean, most } = agreement(face!.landmarks, found!.landmarks, (x, y) => [x, y])
      expect(mean, `picture ${k}`).toBeLessThan(0.01)
      expect(most, `picture ${k}`).toBeLessThan(0.025)
    }
  })

  it('gives the same numbers for the same film', async () => {
    const film = [0, 1, 2, 3].map((k) => scene({ who: one, left: 30 * k, top: 90 }))
    const again = await openFaceTracker(engine, ending)
    for (const picture of film) expect(await again.track(picture)).toEqual(await tracker.track(picture))
    await again.close()
  })

  it('begins with the largest face', async () => {
    const small = { who: await scaled(one, 0.7), left: 20, top: 40 }
    const large = { who: other, left: 350, top: 150 }
    expect(isOf(await tracker.track(scene(small, large)), large)).toBe(true)
    expect(isOf(await tracker.track(scene(small, large)), large)).toBe(true)
  })

  it('stays with the same person when a larger one comes, and when both come close', async () => {
    const giant = await scaled(other, 1.4)
    for (let k = 0; k < 10; k++) {
      const own = { who: one, left: 40 + 12 * k, top: 140 }
      const guest = { who: giant, left: 600 - 40 * k, top: 90 }
      const face = await tracker.track(scene(own, ...(k > 1 ? [guest] : [])))
      expect(isOf(face, own), `picture ${k}`).toBe(true)
    }
  })

  it('says that the face is gone, not that another one is it, and finds it again', async () => {
    const before = { who: one, left: 30, top: 40 }
    const stranger = { who: other, left: 430, top: 270 }
    const after = { who: one, left: 90, top: 70 }
    expect(isOf(await tracker.track(scene(before)), before)).toBe(true)
    expect(await tracker.track(scene())).toBeUndefined()
    expect(await tracker.track(scene(stranger))).toBeUndefined()
    expect(isOf(await tracker.track(scene(after, stranger)), after)).toBe(true)
  })

  it('takes up with a face elsewhere after long enough', async () => {
    const before = { who: one, left: 20, top: 20 }
    const elsewhere = { who: one, left: 440, top: 280 }
    expect(isOf(await tracker.track(scene(before)), before)).toBe(true)
    expect(await tracker.track(scene(elsewhere))).toBeUndefined()
    let waited = 1
    while (!isOf(await tracker.track(scene(elsewhere)), elsewhere)) waited += 1
    expect(waited).toBeLessThan(30)
  })

  it('finds a small face that appears, within eight pictures', async () => {
    const small = { who: await scaled(one, 0.65), left: 900, top: 500 }
    const picture = plain(1280, 720)
    expect(await tracker.track(picture)).toBeUndefined()
    paste(picture, small.who, small.left, small.top)
    const faces: (FoundFace | undefined)[] = []
    for (let k = 0; k < 8; k++) faces.push(await tracker.track(picture))
    expect(isOf(faces.at(-1), small)).toBe(true)
  })

  it('follows pictures of different sizes', async () => {
    const cast = { who: one, left: 100, top: 100 }
    expect(isOf(await tracker.track(scene(cast)), cast)).toBe(true)
    const wide = plain(900, 400)
    paste(wide, cast.who, cast.left, cast.top)
    expect(isOf(await tracker.track(wide), cast)).toBe(true)
    const empty = plain(16, 16)
    expect(await tracker.track(empty)).toBeUndefined()
  })

  it('refuses what is no picture, and goes on', async () => {
    const cast = { who: one, left: 100, top: 100 }
    await expect(tracker.track({ ...scene(cast), width: 10 })).rejects.toThrow(InputError)
    expect(isOf(await tracker.track(scene(cast)), cast)).toBe(true)
  })

  it('ends with its signal', async () => {
    const tracking = tracker.track(scene({ who: one, left: 10, top: 10 }))
    ending.abort()
    await expect(tracking).rejects.toThrow(CancelledError)
    await expect(tracker.track(scene())).rejects.toThrow(CancelledError)
    await expect(openFaceTracker(engine, ending)).rejects.toThrow(CancelledError)
  })
})
