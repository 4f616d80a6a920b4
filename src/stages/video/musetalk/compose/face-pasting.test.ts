import { describe, expect, it } from 'vitest'
import { FACE_BYTES, FACE_SIZE } from '../contract.js'
import { FacePasting, type FacePlace } from './face-pasting.js'

const WIDTH = 300
const HEIGHT = 280
/** As large as a face, which so keeps its pixels. */
const BOX = { left: 20, top: 10, right: 20 + FACE_SIZE, bottom: 10 + FACE_SIZE }
const MASK = { left: 40, top: 120, width: 90, height: 60 }

const noise = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 24)

const place: FacePlace = { box: BOX, maskPlace: MASK, mask: noise(MASK.width * MASK.height, 3) }

function pasted(
  mix: number,
  at: FacePlace = place,
): { before: Uint8Array; after: Uint8Array; face: Uint8Array } {
  const before = noise(WIDTH * HEIGHT * 3, 1)
  const after = before.slice()
  const face = noise(FACE_BYTES, 2)
  new FacePasting(FACE_SIZE * FACE_SIZE).paste(after, WIDTH, face, at, mix)
  return { before, after, face }
}

describe('FacePasting', () => {
  it('changes what the mask covers, and nothing else', () => {
    const { before, after, face } = pasted(1)
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const [column, row] = [x - MASK.left, y - MASK.top]
        const isMasked = column >= 0 && column < MASK.width && row >= 0 && row < MASK.height
        const share = isMasked ? place.mask[row * MASK.width + column]! / 255 : 0
        for (let c = 0; c < 3; c++) {
          const at = (y * WIDTH + x) * 3 + c
          const drawn = isMasked ? face[((y - BOX.top) * FACE_SIZE + x - BOX.left) * 3 + c]! : 0
          const expected = before[at]! * (1 - share) + drawn * share
          if (Math.abs(after[at]! - expected) > 0.6) expect([x, y, c, after[at]]).toEqual([x, y, c, expected])
        }
      }
    }
  })

  it('fades a face in, up to the whole of it', () => {
    const { before, after: whole } = pasted(1)
    const { after: half } = pasted(0.5)
    const { after: none } = pasted(0)
    expect(Buffer.compare(none, before)).toBe(0)
    for (let i = 0; i < half.length; i++) {
      const middle = (before[i]! + whole[i]!) / 2
      if (Math.abs(half[i]! - middle) > 1.6) expect([i, half[i]]).toEqual([i, middle])
    }
  })

  it('stretches the face over its box, whatever the size', () => {
    const face = new Uint8Array(FACE_BYTES)
    // Red grows to the right, green downwards.
    for (let y = 0; y < FACE_SIZE; y++)
      for (let x = 0; x < FACE_SIZE; x++) face.set([x, y, 0], (y * FACE_SIZE + x) * 3)
    const pasting = new FacePasting(130 * 150)
    for (const [width, height] of [
      [64, 128],
      [130, 150],
      [64, 128],
    ] as const) {
      const frame = new Uint8Array(WIDTH * HEIGHT * 3)
      const box = { left: 5, top: 7, right: 5 + width, bottom: 7 + height }
      const half = height >> 1
      const maskPlace = { left: 5, top: 7 + half, width, height: half }
      pasting.paste(frame, WIDTH, face, { box, maskPlace, mask: new Uint8Array(width * half).fill(255) }, 1)
      const at = (x: number, y: number): number[] => [
        ...frame.subarray((y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 2),
      ]
      const [red, green] = at(5 + (width >> 2), 7 + half + (height >> 2)) as [number, number]
      expect(Math.abs(red - 64)).toBeLessThan(4)
      expect(Math.abs(green - 192)).toBeLessThan(4)
      expect(at(5 + (width >> 2), 7 + half - 1)).toEqual([0, 0])
    }
  })

  it('leaves a frame as it is where its mask is empty', () => {
    const empty = { ...place, maskPlace: { left: 20, top: 10, width: 0, height: 0 } }
    const { before, after } = pasted(1, empty)
    expect(Buffer.compare(after, before)).toBe(0)
  })
})
