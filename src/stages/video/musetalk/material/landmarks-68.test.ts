import { describe, expect, it } from 'vitest'
import { loadCanonicalFace } from '../../portrait/avatar.js'
import { ibugLandmarks } from './landmarks-68.js'

/** Of each point that has one, the point on the other side of the face. */
const MIRRORED: Readonly<Record<number, number>> = {
  ...Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, 16 - i])),
  ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [17 + i, 26 - i])),
  ...Object.fromEntries([27, 28, 29, 30, 33, 51, 57, 62, 66].map((i) => [i, i])),
  ...{ 31: 35, 32: 34, 36: 45, 37: 44, 38: 43, 39: 42, 40: 47, 41: 46 },
  ...{ 48: 54, 49: 53, 50: 52, 58: 56, 59: 55, 60: 64, 61: 63, 67: 65 },
}

describe('ibugLandmarks', () => {
  it('finds points that mirror each other on the canonical face', async () => {
    const { vertices } = await loadCanonicalFace()
    const points = ibugLandmarks(vertices)
    for (const [point, other] of Object.entries(MIRRORED)) {
      const [x, y] = [points[Number(point) * 2]!, points[Number(point) * 2 + 1]!]
      expect([point, Math.abs(points[other * 2]! + x) < 0.35]).toEqual([point, true])
      expect([point, Math.abs(points[other * 2 + 1]! - y) < 0.8]).toEqual([point, true])
    }
  })

  it('has the bridge of the nose in three equal parts, the chin lowest and the ears outermost', async () => {
    const { vertices } = await loadCanonicalFace()
    const points = ibugLandmarks(vertices)
    const heights = Array.from({ length: 68 }, (_, i) => points[i * 2 + 1]!)
    const across = Array.from({ length: 68 }, (_, i) => points[i * 2]!)
    const third = (heights[27]! - heights[30]!) / 3
    expect(Math.abs(heights[29]! - heights[30]! - third)).toBeLessThan(0.15)
    expect(heights.indexOf(Math.min(...heights))).toBe(8)
    expect([1, 15]).toContain(across.indexOf(Math.max(...across)))
  })
})
