import { beforeAll, describe, expect, it } from 'vitest'
import { BLENDSHAPE_NAMES, type BlendshapeName } from '../../../pipeline/blendshapes.js'
import { loadAvatarRig } from './avatar.js'
import { weightsOf } from './contact-sheet.js'
import { boxOf, changes, LEFT_LID, MOUTH, regionOf, RIGHT_LID } from './fixtures/regions.js'
import { PortraitRenderer } from './renderer.js'
import type { Rig } from './rig.js'
import { EYES, FACE_VERTEX_COUNT, LOWER_SEAM, UPPER_SEAM } from './topology.js'

const SIZE = 256
const STILL = [0, 0, 0] as const

let rig: Rig
let renderer: PortraitRenderer
let rest: Uint8Array

function render(
  weights: Readonly<Record<string, number>>,
  rotation: readonly number[] = STILL,
  seconds = 0,
): Uint8Array {
  const out = new Uint8Array(SIZE * SIZE * 3)
  renderer.render(weightsOf(weights), rotation, seconds, out)
  return out
}

beforeAll(async () => {
  rig = await loadAvatarRig(SIZE)
  renderer = new PortraitRenderer(rig)
  rest = render({})
})

function luminance(frame: Uint8Array, x: number, y: number): number {
  const o = (Math.round(y) * SIZE + Math.round(x)) * 3
  return 0.3 * frame[o]! + 0.59 * frame[o + 1]! + 0.11 * frame[o + 2]!
}

function blueness(frame: Uint8Array, pixel: number): number {
  return frame[pixel * 3 + 2]! - Math.max(frame[pixel * 3]!, frame[pixel * 3 + 1]!)
}

/** Whether skin lies on all four sides of a pixel within a few pixels: a crack, not the outline. */
function isEnclosed(frame: Uint8Array, pixel: number): boolean {
  return [1, -1, SIZE, -SIZE].every((step) => [1, 2, 3].some((k) => blueness(frame, pixel + k * step) < 0))
}

describe('the portrait renderer', () => {
  it('shows the drawing at rest, away from eyes and mouth', () => {
    const eyes = boxOf(rig, [...RIGHT_LID, ...LEFT_LID], 0.06, 0.08)
    const mouth = boxOf(rig, MOUTH, 0.04, 0.03)
    let sum = 0
    let count = 0
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        if ([eyes, mouth].some((b) => x >= b.left && x <= b.right && y >= b.top && y <= b.bottom)) continue
        const drawn = drawnColour(x, y)
        for (let c = 0; c < 3; c++) sum += Math.abs(rest[(y * SIZE + x) * 3 + c]! - drawn[c]!)
        count += 3
      }
    }
    expect(sum / count).toBeLessThan(1.5)
  })

  it.each(BLENDSHAPE_NAMES)('%s changes the picture where it should', (name: BlendshapeName) => {
    const { inside, outside } = changes(rest, render({ [name]: 1 }), regionOf(rig, name))
    expect(inside).toBeGreaterThan(1000)
    expect(outside).toBeLessThan(0.1 * inside)
  })

  it('opens the mouth more the more the jaw opens', () => {
    const x = rig.rest[UPPER_SEAM[5] * 3]!
    const openings = [0, 0.15, 0.3, 0.5, 0.75, 1].map((jawOpen) => {
      const frame = render({ jawOpen })
      let dark = 0
      for (let y = Math.floor(rig.rest[UPPER_SEAM[5] * 3 + 1]! - 4); y < SIZE; y++) {
        const o = (y * SIZE + Math.round(x)) * 3
        // Inside a mouth, red is far ahead of green or both are dark; tongue and cavity, not lips.
        if (frame[o + 1]! < 75) dark++
      }
      return dark
    })
    expect(openings[0]).toBeLessThanOrEqual(1)
    for (let k = 1; k < openings.length; k++) expect(openings[k]).toBeGreaterThan(openings[k - 1]! - 1)
    expect(openings.at(-1)).toBeGreaterThan(openings[2]! + 4)
  })

  it('covers the iris with skin in a blink', () => {
    const closed = render({ eyeBlinkLeft: 1, eyeBlinkRight: 1 })
    for (const eye of EYES) {
      const centre = [0, 1].map(
        (axis) => (rig.rest[eye.upper[4]! * 3 + axis]! + rig.rest[eye.lower[4]! * 3 + axis]!) / 2,
      )
      const cheek = eye === EYES[0] ? 50 : 280
      const mean = (frame: Uint8Array): number => {
        let sum = 0
        for (let dy = -2; dy <= 0; dy++)
          for (let dx = -3; dx <= 3; dx++) sum += luminance(frame, centre[0]! + dx, centre[1]! + dy)
        return sum / 21
      }
      const skin = luminance(rest, rig.rest[cheek * 3]!, rig.rest[cheek * 3 + 1]!)
      expect(mean(rest)).toBeLessThan(skin - 50)
      expect(mean(closed)).toBeGreaterThan(skin - 25)
    }
  })

  it('really closes the lips on m, b and p', () => {
    for (const jawOpen of [0, 0.05, 0.3]) {
      const frame = render({
        jawOpen,
        mouthClose: jawOpen,
        mouthPress: 0.5,
        mouthRollLower: 0.3,
        mouthRollUpper: 0.25,
      })
      const middle = rig.rest[UPPER_SEAM[5] * 3]!
      const half = (rig.rest[308 * 3]! - rig.rest[78 * 3]!) / 2
      for (let x = Math.ceil(middle - 0.7 * half); x < middle + 0.7 * half; x++) {
        const y = rig.rest[LOWER_SEAM[5] * 3 + 1]!
        const darkest = Math.min(...Array.from({ length: 25 }, (_, k) => luminance(frame, x, y - 10 + k)))
        expect(darkest).toBeGreaterThan(60)
      }
    }
  })

  it.each([0.21, -0.21])('leaves no crack in the face at a yaw of %f', (yaw) => {
    // With a scene of pure blue, anything blue inside the face's outline is a hole.
    const { scene } = rig.sheets
    const pixels = new Uint32Array(scene.texture.pixels.length).fill(0xffff0000)
    const bare = {
      ...rig,
      sheets: { face: rig.sheets.face, scene: { ...scene, texture: { ...scene.texture, pixels } } },
    }
    const out = new Uint8Array(SIZE * SIZE * 3)
    for (const named of [
      {},
      { jawOpen: 0.6 },
      { mouthRollLower: 1, mouthPress: 1 },
      { eyeBlink: 1, browDown: 1 },
    ]) {
      new PortraitRenderer(bare).render(weightsOf(named), [0.05, yaw, 0.05], 0, out)
      const holes = Array.from({ length: SIZE * SIZE }, (__, i) => i).filter(
        (i) => blueness(out, i) > 60 && isEnclosed(out, i),
      )
      expect(holes.map((i) => [i % SIZE, Math.floor(i / SIZE)])).toEqual([])
    }
  })

  it('is the same picture for the same input, whatever was drawn between', () => {
    const first = render({ jawOpen: 0.4, mouthSmile: 0.3 }, [0.05, -0.1, 0.02], 1.7)
    render({ tongueOut: 1, eyeBlink: 1 }, [-0.1, 0.2, 0.1], 2.3)
    expect(render({ jawOpen: 0.4, mouthSmile: 0.3 }, [0.05, -0.1, 0.02], 1.7)).toEqual(first)
  })

  it('keeps what does not move: background and body do not flicker while the face speaks', () => {
    const speaking = render({ jawOpen: 0.6, browInnerUp: 0.5, mouthSmile: 0.5 })
    const face = boxOf(
      rig,
      Array.from({ length: FACE_VERTEX_COUNT }, (_, i) => i),
      0.08,
      0.08,
      0.2,
    )
    expect(changes(rest, speaking, face).outside).toBe(0)
  })

  it('breathes: the chest rises in time, the background stays', () => {
    const inhaled = render({}, STILL, 2.1)
    expect(
      changes(rest, inhaled, { left: 0, top: SIZE * 0.85, right: SIZE, bottom: SIZE }).inside,
    ).toBeGreaterThan(2000)
    expect(changes(rest, inhaled, { left: 0, top: 0, right: SIZE * 0.04, bottom: SIZE * 0.5 }).inside).toBe(0)
    expect(render({}, STILL, 4.2 * 63)).toEqual(render({}, STILL, 4.2 * 63))
  })

  it('turns the face to the picture’s right at positive yaw, down at positive pitch', () => {
    const nose = (frame: Uint8Array): number[] => {
      // The brightest spot near the nose is the highlight on its tip.
      let best = [0, 0]
      let most = -1
      const x0 = rig.rest[4 * 3]!
      const y0 = rig.rest[4 * 3 + 1]!
      for (let y = Math.round(y0 - 16); y < y0 + 16; y++) {
        for (let x = Math.round(x0 - 16); x < x0 + 16; x++) {
          const light = luminance(frame, x, y)
          if (light > most) {
            most = light
            best = [x, y]
          }
        }
      }
      return best
    }
    const [x, y] = nose(rest) as [number, number]
    expect(nose(render({}, [0, 0.12, 0]))[0]).toBeGreaterThan(x + 3)
    expect(nose(render({}, [0.12, 0, 0]))[1]).toBeGreaterThan(y + 2)
  })
})

/** The layers of the drawing laid over each other without any warp. */
function drawnColour(x: number, y: number): number[] {
  const colour = [0, 0, 0]
  for (const sheet of [rig.sheets.scene, rig.sheets.face, rig.sheets.hair!]) {
    const { pixels, width } = sheet.texture
    const scale = width / SIZE
    // The mean of the texels under the pixel's centre.
    const u = (x + 0.5) * scale - 0.5
    const v = (y + 0.5) * scale - 0.5
    const iu = Math.min(width - 2, Math.max(0, Math.floor(u)))
    const iv = Math.min(width - 2, Math.max(0, Math.floor(v)))
    const texel = [0, 0, 0, 0]
    for (let corner = 0; corner < 4; corner++) {
      const p = pixels[(iv + (corner >> 1)) * width + iu + (corner & 1)]!
      const weight = ((corner & 1) === 1 ? u - iu : 1 - u + iu) * (corner > 1 ? v - iv : 1 - v + iv)
      for (let c = 0; c < 4; c++) texel[c]! += ((p >>> (8 * c)) & 255) * weight
    }
    for (let c = 0; c < 3; c++) colour[c] = texel[c]! + colour[c]! * (1 - texel[3]! / 255)
  }
  return colour
}
