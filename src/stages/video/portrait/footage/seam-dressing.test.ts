import { describe, expect, it } from 'vitest'
import { LOWER_LIP, LOWER_SEAM, UPPER_LIP, UPPER_SEAM } from '../topology.js'
import { SeamDressing, type SeamClothes } from './seam-dressing.js'

const PIXELS = 20
const MIDDLE = 5

/** Lips of 20 pixels a centimetre: rings half a centimetre apart, the seams `gap` centimetres. */
function lips(gap: number): SeamClothes {
  const filmed = new Float32Array(468 * 2)
  UPPER_LIP.forEach((ring, r) => {
    ring.forEach((vertex, k) => {
      const open = k === 0 || k === 10 ? 0 : gap / 2
      filmed[vertex * 2] = k * PIXELS
      filmed[vertex * 2 + 1] = (-open - 0.5 * (3 - r)) * PIXELS
      filmed[LOWER_LIP[r]![k]! * 2] = k * PIXELS
      filmed[LOWER_LIP[r]![k]! * 2 + 1] = (open + 0.5 * (3 - r)) * PIXELS
    })
  })
  return { filmed, gapTexture: new Float32Array(468 * 2), shade: new Float32Array(468) }
}

function dress(
  filmedGap: number,
  closedGap: number,
  drawnGap: number,
): SeamClothes & { readonly parted: number } {
  const clothes = lips(filmedGap)
  const dressing = new SeamDressing(new Array<number>(11).fill(closedGap))
  dressing.dress(clothes, 0, 1 / PIXELS, { gap: () => drawnGap })
  return { ...clothes, parted: dressing.parted }
}

const upper = UPPER_SEAM[MIDDLE]
const lower = LOWER_SEAM[MIDDLE]

describe('the seam of the lips', () => {
  it('keeps the texture of lips that were filmed closed, and draws no line over theirs', () => {
    const { filmed, shade, parted } = dress(0, 0, 0)
    expect(parted).toBe(0)
    const before = lips(0).filmed
    expect(filmed.every((value, i) => value === before[i])).toBe(true)
    expect(shade[upper]).toBeGreaterThan(-0.1)
  })

  it('takes lips that the tracker always sees apart for closed: their line is between', () => {
    const { filmed, parted } = dress(0.2, 0.2, 0)
    expect(parted).toBe(0)
    expect(filmed[upper * 2 + 1]).toBeCloseTo(0, 4)
    expect(filmed[lower * 2 + 1]).toBeCloseTo(0, 4)
  })

  it('takes the texture of parted lips from further inside, and draws the line where they meet', () => {
    const { filmed, gapTexture, shade, parted } = dress(0.5, 0, 0)
    const before = lips(0.5).filmed
    expect(parted).toBe(1)
    expect(filmed[upper * 2 + 1]).toBeLessThan(before[upper * 2 + 1]! - 0.1 * PIXELS)
    expect(filmed[lower * 2 + 1]).toBeGreaterThan(before[lower * 2 + 1]! + 0.1 * PIXELS)
    expect(gapTexture[upper * 2 + 1]).toBe(filmed[lower * 2 + 1])
    expect(shade[upper]).toBeLessThan(-0.4)
    expect(shade[UPPER_LIP[0][MIDDLE]]).toBe(0)
  })

  it('draws no line into a mouth that opens', () => {
    expect(dress(0.5, 0, 0.6).shade[upper]).toBeCloseTo(0, 6)
    expect(dress(0, 0, 0.6).shade[upper]).toBeCloseTo(0, 6)
  })
})
