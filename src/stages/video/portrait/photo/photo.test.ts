import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BLENDSHAPE_NAMES, type BlendshapeName } from '../../../../pipeline/blendshapes.js'
import { ModelRegistry } from '../../../../runtime/registry.js'
import { createAvatar } from '../../../avatar/create.js'
import { readAvatar, type StoredPortrait } from '../../../avatar/read.js'
import { AvatarStore } from '../../../avatar/store.js'
import { faceModel } from '../../../face/model.js'
import type faceProgram from '../../../face/program.js'
import { resolveConfig } from '../../../../config/load.js'
import { loadCanonicalFace } from '../avatar.js'
import { weightsOf } from '../contact-sheet.js'
import { boxOf, changes, MOUTH, regionOf, RIGHT_LID } from '../fixtures/regions.js'
import { Pose } from '../pose.js'
import { PortraitRenderer } from '../renderer.js'
import type { Rig } from '../rig.js'
import { EYES, FACE_VERTEX_COUNT, LOWER_SEAM, OVAL, UPPER_SEAM } from '../topology.js'
import { loadPhotoRig } from './load-photo.js'

const SIZE = 256
/** What surrounds the face is drawn out with it: share of the face's height. */
const AROUND = 0.2
const PHOTO = fileURLToPath(new URL('../../../../../test/media/portrait-astronaut.png', import.meta.url))

let folder: string
let avatar: StoredPortrait
let rig: Rig
let renderer: PortraitRenderer
let rest: Uint8Array

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phiz-photo-'))
  const registry = new ModelRegistry({ device: { kind: 'cpu' } })
  const store = new AvatarStore(folder)
  await createAvatar(
    {
      store,
      limits: resolveConfig().avatars,
      faces: () => registry.load<typeof faceProgram>(faceModel()),
    },
    { id: 'astronaut', source: { kind: 'image', path: PHOTO } },
    { signal: new AbortController().signal },
  ).finally(() => registry.shutdown())
  avatar = (await readAvatar(store.folderOf('astronaut'))) as StoredPortrait
  rig = await loadPhotoRig(await loadCanonicalFace(), avatar, SIZE)
  renderer = new PortraitRenderer(rig)
  rest = render({})
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

function render(
  weights: Readonly<Record<string, number>>,
  rotation: readonly number[] = [0, 0, 0],
  seconds = 0,
): Uint8Array {
  const out = new Uint8Array(SIZE * SIZE * 3)
  renderer.render(weightsOf(weights), rotation, seconds, out)
  return out
}

/** How far the lips are apart in the middle, in pixels. */
function opening(weights: Readonly<Record<string, number>>): number {
  const pose = new Pose(rig)
  pose.update(weightsOf(weights), [0, 0, 0], 0)
  return Math.max(
    ...UPPER_SEAM.map((upper, k) => pose.positions[LOWER_SEAM[k]! * 2 + 1]! - pose.positions[upper * 2 + 1]!),
  )
}

/** The photo as the rig has it, one pixel of the frame. */
function photographed(x: number, y: number): number[] {
  const { pixels, width } = rig.sheets.scene.texture
  const scale = width / SIZE
  const at = (axis: number): number =>
    Math.min(width - 1, Math.max(0, Math.round((axis + 0.5) * scale - 0.5)))
  const texel = pixels[at(y) * width + at(x)]!
  return [texel & 255, (texel >>> 8) & 255, (texel >>> 16) & 255]
}

function pixel(frame: Uint8Array, x: number, y: number): number[] {
  const at = (Math.round(y) * SIZE + Math.round(x)) * 3
  return [...frame.subarray(at, at + 3)]
}

function luminance([red, green, blue]: readonly number[]): number {
  return 0.3 * red! + 0.59 * green! + 0.11 * blue!
}

describe('a portrait made of a photo', () => {
  it('shows the photo at rest, but for the mouth that closes', () => {
    const mouth = boxOf(rig, MOUTH, 0.22, 0.2, 0.4)
    let sum = 0
    let count = 0
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        if (x > mouth.left && x < mouth.right && y > mouth.top && y < mouth.bottom) continue
        const photo = photographed(x, y)
        for (let c = 0; c < 3; c++) sum += Math.abs(rest[(y * SIZE + x) * 3 + c]! - photo[c]!)
        count += 3
      }
    }
    expect(sum / count).toBeLessThan(4)
  })

  it('closes the lips of a toothy smile, and relaxes the smile', () => {
    const seen = (vertex: number, axis: number): number =>
      ((avatar.landmarks[vertex * 3 + axis]! + 0.5) * SIZE) / avatar.manifest.width - 0.5
    const photoOpening = Math.max(...UPPER_SEAM.map((u, k) => seen(LOWER_SEAM[k]!, 1) - seen(u, 1)))
    expect(photoOpening).toBeGreaterThan(3)
    expect(opening({})).toBeLessThan(0.5)
    expect(rig.rest[291 * 3]! - rig.rest[61 * 3]!).toBeLessThan(0.96 * (seen(291, 0) - seen(61, 0)))
    // No teeth look through: along the seam nothing is brighter than the lips and the skin around.
    for (let k = 2; k < UPPER_SEAM.length - 2; k++) {
      const x = rig.rest[UPPER_SEAM[k]! * 3]!
      const y = rig.rest[UPPER_SEAM[k]! * 3 + 1]!
      const skin = luminance(pixel(rest, x, y - 9))
      expect(luminance(pixel(rest, x, y))).toBeLessThan(skin)
    }
  })

  it('really closes the lips on m, b and p', () => {
    for (const jawOpen of [0, 0.05, 0.3]) {
      const press = { mouthPress: 0.5, mouthRollLower: 0.3, mouthRollUpper: 0.25 }
      expect(opening({ jawOpen, mouthClose: jawOpen, ...press })).toBeLessThan(0.5)
    }
    expect(opening({ jawOpen: 0.6 })).toBeGreaterThan(8)
  })

  it.each(BLENDSHAPE_NAMES)('%s changes the picture where it should', (name: BlendshapeName) => {
    const { inside, outside } = changes(rest, render({ [name]: 1 }), regionOf(rig, name, AROUND))
    expect(inside).toBeGreaterThan(1000)
    expect(outside).toBeLessThan(0.2 * inside)
  })

  it('covers the eyes with smooth skin in a blink', () => {
    const closed = render({ eyeBlink: 1 })
    for (const eye of EYES) {
      const at = (vertex: number): [number, number] => [rig.rest[vertex * 3]!, rig.rest[vertex * 3 + 1]!]
      const [x, top] = at(eye.upper[4]!)
      const bottom = at(eye.lower[4]!)[1]
      const [foldX, foldY] = at(eye.crease[3]!)
      const skin = luminance(pixel(closed, foldX, foldY - 2))
      // Lashes lie along the lower third.
      for (let y = top; y < top + (bottom - top) * 0.6; y++) {
        expect(luminance(pixel(closed, x, y))).toBeGreaterThan(skin - 75)
      }
    }
  })

  it('keeps the iris in the photo’s place at rest and moves it with the gaze', () => {
    const darkest = (frame: Uint8Array): number => {
      const box = boxOf(rig, RIGHT_LID, 0, 0)
      let sum = 0
      let weight = 0
      for (let x = Math.ceil(box.left + 2); x < box.right - 2; x++) {
        const dark = Math.max(0, 110 - luminance(pixel(frame, x, (box.top + box.bottom) / 2)))
        sum += dark * x
        weight += dark
      }
      return sum / weight
    }
    const photo = new Uint8Array(SIZE * SIZE * 3)
    for (let i = 0; i < SIZE * SIZE; i++) photo.set(photographed(i % SIZE, Math.floor(i / SIZE)), i * 3)
    const middle = darkest(rest)
    expect(Math.abs(middle - darkest(photo))).toBeLessThan(0.7)
    expect(darkest(render({ eyeLookInRight: 0.8, eyeLookOutLeft: 0.8 }))).toBeGreaterThan(middle + 1.5)
    expect(darkest(render({ eyeLookOutRight: 0.8, eyeLookInLeft: 0.8 }))).toBeLessThan(middle - 1.5)
  })

  it.each([0.21, -0.21])('has no seam along the outline of the face at a yaw of %f', (yaw) => {
    const worst = (rotation: readonly number[]): number => {
      const pose = new Pose(rig)
      pose.update(weightsOf({ jawOpen: 0.3 }), rotation, 0)
      const frame = render({ jawOpen: 0.3 }, rotation)
      // A seam is a line along the outline that differs from both of its sides.
      const ridges = OVAL.map((vertex) => {
        const x = pose.positions[vertex * 2]!
        const y = pose.positions[vertex * 2 + 1]!
        const dx = x - rig.pivot.x
        const dy = y - (rig.rest[4 * 3 + 1] ?? 0)
        const norm = Math.hypot(dx, dy)
        const light = (k: number): number => luminance(pixel(frame, x + (dx / norm) * k, y + (dy / norm) * k))
        return Math.max(...[0, 2, 4, 6].map((k) => Math.abs(light(k) - (light(k - 2) + light(k + 2)) / 2)))
      })
      return ridges.sort((a, b) => b - a)[3]!
    }
    expect(worst([0.05, yaw, 0.05])).toBeLessThan(worst([0, 0, 0]) * 1.35 + 4)
  })

  it('leaves nothing uncovered however the head turns', () => {
    for (const rotation of [
      [0.14, 0.21, 0.09],
      [-0.14, -0.21, -0.09],
    ]) {
      const frame = render({ jawOpen: 0.5 }, rotation, 2.1)
      const empty = Array.from({ length: SIZE * SIZE }, (_, i) => i).filter(
        (i) => Math.max(...frame.subarray(i * 3, i * 3 + 3)) === 0,
      )
      const black = Array.from({ length: SIZE * SIZE }, (_, i) => i).filter(
        (i) => Math.max(...photographed(i % SIZE, Math.floor(i / SIZE))) === 0,
      )
      expect(empty.length).toBeLessThanOrEqual(black.length)
    }
  })

  it('keeps what does not move: the background is the same in every frame of a speech', () => {
    const face = boxOf(
      rig,
      Array.from({ length: FACE_VERTEX_COUNT }, (_, i) => i),
      0.4,
      0.4,
      0.5,
    )
    for (let k = 1; k < 12; k++) {
      const speaking = render({ jawOpen: (k % 4) / 5, mouthSmile: (k % 3) / 3, eyeBlink: (k % 2) / 1.2 })
      expect(changes(rest, speaking, face).outside).toBe(0)
    }
  })
})
