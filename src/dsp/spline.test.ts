import { describe, expect, it } from 'vitest'
import { curveToColumns, sampleCatmullRom, smoothstep } from './spline.js'

describe('sampleCatmullRom', () => {
  it('passes through its points', () => {
    const points = Float32Array.of(0, 0, 2, 3, 5, 1, 7, 4)
    const out = new Float32Array(26)
    expect(sampleCatmullRom(points, 4, 4, out)).toBe(13)
    for (let k = 0; k < 4; k++) {
      expect(out[k * 8]).toBeCloseTo(points[k * 2]!)
      expect(out[k * 8 + 1]).toBeCloseTo(points[k * 2 + 1]!)
    }
  })
})

describe('curveToColumns', () => {
  it.each([
    ['left to right', [1, 10, 5, 20, 9, 12]],
    ['right to left', [9, 12, 5, 20, 1, 10]],
  ])('reads y at whole columns, %s', (_, line) => {
    const out = new Float32Array(12)
    curveToColumns(Float32Array.from(line), 3, 0, out, 12)
    expect([...out]).toEqual([10, 10, 12.5, 15, 17.5, 20, 18, 16, 14, 12, 12, 12])
  })
})

describe('smoothstep', () => {
  it('rises between its edges in either order', () => {
    expect([smoothstep(1, 3, 0), smoothstep(1, 3, 2), smoothstep(1, 3, 4)]).toEqual([0, 0.5, 1])
    expect([smoothstep(3, 1, 0), smoothstep(3, 1, 2), smoothstep(3, 1, 4)]).toEqual([1, 0.5, 0])
  })
})
