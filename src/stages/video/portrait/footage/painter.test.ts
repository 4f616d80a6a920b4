import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  drawFaceClip,
  storeFaceClip,
  talkingMoments,
  type FaceClip,
  type FilmedMoment,
} from '../../../../../test/media/face-clip.js'
import { readAvatar, type StoredAvatar } from '../../../avatar/read.js'
import { loadCanonicalFace } from '../avatar.js'
import { weightsOf } from '../contact-sheet.js'
import { CHIN_TIP, LOWER_SEAM, UPPER_SEAM } from '../topology.js'
import { loadFootage } from './load-footage.js'
import type { FootagePainter } from './painter.js'

const WIDTH = 480
const HEIGHT = 400
const FPS = 25

const still: FilmedMoment = { rotation: [0.02, 0.05, 0.04], seconds: 0 }
const open: FilmedMoment = { ...still, weights: { jawOpen: 0.5, mouthUpperUp: 0.15 } }

let folder: string
let made = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-footage-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

interface Scene {
  readonly clip: FaceClip
  readonly painter: FootagePainter
  readonly avatar: StoredAvatar & { readonly kind: 'video' }
}

async function film(
  moments: readonly FilmedMoment[],
  bboxShift = 0,
  change?: (clip: FaceClip) => void,
): Promise<Scene> {
  const clip = await drawFaceClip({ width: WIDTH, height: HEIGHT, fps: FPS, moments })
  change?.(clip)
  const place = join(folder, String(made++))
  await storeFaceClip(place, clip, { bboxShift })
  const avatar = await readAvatar(place)
  if (avatar.kind !== 'video') throw new Error('not a video')
  return { clip, avatar, painter: await loadFootage(await loadCanonicalFace(), avatar) }
}

async function paint(
  { painter }: Scene,
  frame: number,
  named: Readonly<Record<string, number>> = {},
): Promise<Uint8Array> {
  const out = new Uint8Array(WIDTH * HEIGHT * 3)
  await painter.paint({ weights: weightsOf(named), rotation: [0, 0, 0], seconds: frame / FPS }, out)
  return out
}

async function decoded({ avatar }: Scene, frame: number): Promise<Uint8Array> {
  return sharp(avatar.frames[frame]).raw().toBuffer()
}

function landmark({ clip }: Scene, frame: number, vertex: number): [number, number] {
  const at = (frame * 468 + vertex) * 3
  return [clip.landmarks[at]!, clip.landmarks[at + 1]!]
}

function difference(a: Uint8Array, b: Uint8Array, x: number, y: number): number {
  const at = (y * WIDTH + x) * 3
  return Math.max(
    Math.abs(a[at]! - b[at]!),
    Math.abs(a[at + 1]! - b[at + 1]!),
    Math.abs(a[at + 2]! - b[at + 2]!),
  )
}

/** Rows in which the mouth's dark inside shows, in the column of the lips' middle. */
function openRows(scene: Scene, frame: number, rgb: Uint8Array): number {
  const [x, y] = landmark(scene, frame, UPPER_SEAM[5])
  let rows = 0
  for (let row = Math.round(y) - 12; row < Math.round(y) + 60; row++) {
    if (rgb[(row * WIDTH + Math.round(x)) * 3 + 1]! < 75) rows++
  }
  return rows
}

/** Mean of a measure over the box around the lips. */
function overMouth(scene: Scene, frame: number, measure: (x: number, y: number) => number): number {
  const [left] = landmark(scene, frame, 61)
  const [right] = landmark(scene, frame, 291)
  const [, top] = landmark(scene, frame, 2)
  const [, bottom] = landmark(scene, frame, 200)
  let sum = 0
  let count = 0
  for (let y = Math.round(top); y < bottom; y++) {
    for (let x = Math.round(left) - 10; x < right + 10; x++) {
      sum += measure(x, y)
      count++
    }
  }
  return sum / count
}

function mouthDifference(scene: Scene, frame: number, a: Uint8Array, b: Uint8Array): number {
  return overMouth(scene, frame, (x, y) => difference(a, b, x, y))
}

describe('the painter of footage', () => {
  it('leaves all but the lower face exactly as filmed: eyes, brows, hair and background', async () => {
    const scene = await film(talkingMoments(24, FPS))
    for (const frame of [0, 7, 20]) {
      const source = await decoded(scene, frame)
      const painted = await paint(scene, frame, {
        jawOpen: 0.7,
        mouthSmile: 0.6,
        cheekSquint: 1,
        eyeBlink: 1,
        browDown: 1,
      })
      const lids = [145, 374].map((vertex) => landmark(scene, frame, vertex)[1])
      const [, chin] = landmark(scene, frame, CHIN_TIP)
      const [left] = landmark(scene, frame, 234)
      const [right] = landmark(scene, frame, 454)
      const eyes = Math.floor(Math.min(...lids))
      let outside = 0
      let inside = 0
      for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH; x++) {
          const value = difference(source, painted, x, y)
          if (y < eyes || y > chin + 0.5 * (chin - eyes) || x < left - 24 || x > right + 24)
            outside = Math.max(outside, value)
          else inside = Math.max(inside, value)
        }
      }
      expect(outside).toBe(0)
      expect(inside).toBeGreaterThan(40)
    }
  })

  it('closes and calms the mouth in silence, whatever the person says: as if it had been filmed so', async () => {
    const scene = await film([still, open, still, open, still])
    const calm = await decoded(scene, 0)
    const filmedOpen = await decoded(scene, 1)
    const silent = await paint(scene, 1)
    expect(openRows(scene, 1, filmedOpen)).toBeGreaterThan(8)
    // The line where the lips meet is a row.
    expect(openRows(scene, 1, silent)).toBeLessThanOrEqual(1)
    // Against the same head filmed with closed lips, and against what is drawn for that frame.
    expect(mouthDifference(scene, 0, calm, filmedOpen)).toBeGreaterThan(15)
    expect(mouthDifference(scene, 0, calm, silent)).toBeLessThan(6)
    expect(mouthDifference(scene, 0, await paint(scene, 0), silent)).toBeLessThan(4)
  })

  it('closes lips that are open in every frame', async () => {
    const scene = await film([
      open,
      { ...open, weights: { jawOpen: 0.4, mouthSmile: 0.5, mouthUpperUp: 0.4 } },
    ])
    for (const frame of [0, 1]) {
      const teeth = (rgb: Uint8Array): number =>
        overMouth(scene, frame, (x, y) => Number(rgb[(y * WIDTH + x) * 3 + 2]! > 200))
      const silent = await paint(scene, frame)
      expect(teeth(await decoded(scene, frame))).toBeGreaterThan(0.003)
      expect(openRows(scene, frame, silent)).toBeLessThanOrEqual(1)
      expect(teeth(silent)).toBeLessThan(0.001)
    }
  })

  it('lays closed lips over parted ones in the light of their frame', async () => {
    const scene = await film([still, open], 0, ({ frames }) => {
      const { rgb } = frames[1]!
      for (let i = 0; i < rgb.length; i++) rgb[i] = rgb[i]! * 0.7
    })
    const bright = await paint(scene, 0)
    const dim = await paint(scene, 1)
    const light = (rgb: Uint8Array): number => overMouth(scene, 0, (x, y) => rgb[(y * WIDTH + x) * 3]!)
    expect(light(dim) / light(bright)).toBeCloseTo(0.7, 1)
    const restored = dim.map((value) => value / 0.7)
    expect(mouthDifference(scene, 0, bright, restored)).toBeLessThan(5)
  })

  it('says the same in every frame: the opening comes from the weights alone', async () => {
    const scene = await film([still, open, still, { ...still, weights: { jawOpen: 0.25, mouthSmile: 0.5 } }])
    for (const jawOpen of [0.3, 0.6]) {
      const rows = await Promise.all([0, 1, 3].map(async () => 0))
      for (const [k, frame] of [0, 1, 3].entries()) {
        rows[k] = openRows(scene, frame, await paint(scene, frame, { jawOpen }))
      }
      expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(3)
    }
  })

  it('opens the mouth in proportion to the jaw', async () => {
    const scene = await film([still, still])
    const rows: number[] = []
    for (const jawOpen of [0, 0.2, 0.4, 0.6, 0.8, 1])
      rows.push(openRows(scene, 0, await paint(scene, 0, { jawOpen })))
    expect(rows[0]).toBeLessThanOrEqual(1)
    for (let k = 1; k < rows.length; k++) expect(rows[k]).toBeGreaterThan(rows[k - 1]!)
    // From the point where the lips have parted, equal steps of the jaw give equal steps of the opening.
    const steps = rows.slice(2).map((value, k) => value - rows[k + 1]!)
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(4)
  })

  it('really closes the lips on m, b and p, in closed and in open frames', async () => {
    const scene = await film([still, open])
    for (const frame of [0, 1]) {
      for (const jawOpen of [0, 0.3]) {
        const weights = {
          jawOpen,
          mouthClose: jawOpen,
          mouthPress: 0.5,
          mouthRollLower: 0.3,
          mouthRollUpper: 0.25,
        }
        const painted = await paint(scene, frame, weights)
        const [left] = landmark(scene, 0, 78)
        const [right] = landmark(scene, 0, 308)
        const [, y] = landmark(scene, 0, LOWER_SEAM[5])
        const quarter = (right - left) / 4
        for (let x = Math.round(left + quarter); x < right - quarter; x++) {
          const column = Array.from(
            { length: 31 },
            (_, k) => painted[((Math.round(y) - 15 + k) * WIDTH + x) * 3 + 1]!,
          )
          expect(Math.min(...column)).toBeGreaterThan(60)
        }
      }
    }
  })

  it('does not flicker: a still person keeps still with tracker noise, in silence and in a held vowel', async () => {
    const count = 16
    const scene = await film(new Array<FilmedMoment>(count).fill(still), 0, (clip) => {
      let state = 1
      const noise = (): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state / 2 ** 32 - 0.5
      }
      for (let i = 0; i < clip.landmarks.length; i++) clip.landmarks[i]! += 0.1 * noise()
    })
    for (const weights of [{}, { jawOpen: 0.4, mouthFunnel: 0.3 }]) {
      const sum = new Float64Array(WIDTH * HEIGHT * 3)
      const squares = new Float64Array(WIDTH * HEIGHT * 3)
      for (let frame = 0; frame < count; frame++) {
        const painted = await paint(scene, frame, weights)
        for (let i = 0; i < painted.length; i++) {
          sum[i]! += painted[i]!
          squares[i]! += painted[i]! ** 2
        }
      }
      const [left] = landmark(scene, 0, 172)
      const [right] = landmark(scene, 0, 397)
      const [, top] = landmark(scene, 0, 2)
      const [, bottom] = landmark(scene, 0, CHIN_TIP)
      let deviation = 0
      let pixels = 0
      for (let y = Math.round(top); y < bottom; y++) {
        for (let x = Math.round(left); x < right; x++) {
          const i = (y * WIDTH + x) * 3 + 1
          deviation += Math.sqrt(Math.max(0, squares[i]! / count - (sum[i]! / count) ** 2))
          pixels++
        }
      }
      expect(deviation / pixels).toBeLessThan(0.5)
    }
  })

  it('joins its surroundings without a step', async () => {
    const scene = await film([still, open])
    for (const [frame, weights] of [
      [0, { jawOpen: 0.8, mouthSmile: 0.5 }],
      [1, {}],
      [0, { cheekPuff: 1, noseSneer: 1 }],
    ] as const) {
      const source = await decoded(scene, frame)
      const painted = await paint(scene, frame, weights)
      let step = 0
      for (let y = 1; y < HEIGHT - 1; y++) {
        for (let x = 1; x < WIDTH - 1; x++) {
          if (difference(source, painted, x, y) !== 0) continue
          // Where nothing has changed all around but one pixel has, that pixel is the edge.
          if (difference(source, painted, x - 1, y) + difference(source, painted, x, y - 1) > 0) continue
          step = Math.max(step, difference(source, painted, x + 1, y), difference(source, painted, x, y + 1))
        }
      }
      expect(step).toBeLessThan(10)
    }
  })

  it('paints the same moment the same way, whatever was painted before, by whichever painter', async () => {
    const scene = await film(talkingMoments(8, FPS))
    const weights = { jawOpen: 0.4, mouthSmileLeft: 0.3 }
    const first = Buffer.from(await paint(scene, 3, weights))
    await paint(scene, 4, { tongueOut: 1, jawOpen: 0.5 })
    await paint(scene, 12, { mouthPucker: 1 })
    expect(first.equals(await paint(scene, 3, weights))).toBe(true)
    // Frame 12 of the loop of eight is frame 3 on the way back.
    expect(first.equals(await paint(scene, 12, weights))).toBe(true)
    expect(first.equals(await paint(scene, 4, weights))).toBe(false)
    const painter = await loadFootage(await loadCanonicalFace(), scene.avatar)
    expect(first.equals(await paint({ ...scene, painter }, 3, weights))).toBe(true)
  })

  it('moves the animated region with bboxShift: downwards less of the cheeks, and a wider mouth', async () => {
    const highest = async (shift: number, named: Readonly<Record<string, number>>): Promise<number> => {
      const scene = await film([still, still], shift)
      const source = await decoded(scene, 0)
      const painted = await paint(scene, 0, named)
      for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH; x++) if (difference(source, painted, x, y) > 3) return y
      }
      return HEIGHT
    }
    const rows = async (shift: number): Promise<number> => {
      const scene = await film([still, still], shift)
      return openRows(scene, 0, await paint(scene, 0, { jawOpen: 0.6 }))
    }
    const cheeks = { cheekSquint: 1, mouthSmile: 1 }
    expect(await highest(12, cheeks)).toBeGreaterThan((await highest(0, cheeks)) + 3)
    expect(await rows(12)).toBeGreaterThan(await rows(0))
    expect(await rows(-12)).toBeLessThan(await rows(0))
  })

  it('speaks at the edge of the picture: what is not in the frame is not needed', async () => {
    const low: FilmedMoment = { ...still, shift: [90, 150] }
    const scene = await film([low, { ...low, weights: { jawOpen: 0.6 } }])
    expect(landmark(scene, 0, CHIN_TIP)[1]).toBeGreaterThan(HEIGHT - 20)
    for (const frame of [0, 1]) {
      const painted = await paint(scene, frame, { jawOpen: 0.1 })
      const dark = Array.from({ length: WIDTH }, (_, x) => painted[((HEIGHT - 1) * WIDTH + x) * 3]!)
      expect(Math.min(...dark)).toBeGreaterThan(15)
    }
  })
})
