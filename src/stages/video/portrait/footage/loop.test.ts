import { describe, expect, it } from 'vitest'
import { loopFrame, nthOfLoop } from './loop.js'

describe('the place in the forward-and-back loop', () => {
  it('runs to the end, stays for one frame, runs back, stays for one frame', () => {
    const shown = Array.from({ length: 13 }, (_, k) => loopFrame(k / 25, 25, 4))
    expect(shown).toEqual([0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 2, 3, 3])
  })

  it('shows each frame of 30 a second once when asked at moments rounded to microseconds', () => {
    const shown = Array.from({ length: 3000 }, (_, k) => loopFrame(Math.round((k * 1e6) / 30) / 1e6, 30, 100))
    shown.forEach((index, k) => {
      expect(index).toBe(k % 200 < 100 ? k % 200 : 199 - (k % 200))
    })
  })

  it('can be counted in frames', () => {
    expect(Array.from({ length: 9 }, (_, n) => nthOfLoop(n, 3))).toEqual([0, 1, 2, 2, 1, 0, 0, 1, 2])
    expect([0, 1, 2, 7].map((n) => nthOfLoop(n, 1))).toEqual([0, 0, 0, 0])
  })

  it('takes footage of another rate at its own pace', () => {
    expect([0, 0.02, 0.04, 0.06, 0.08].map((seconds) => loopFrame(seconds, 25, 10))).toEqual([0, 0, 1, 1, 2])
    expect([0, 0.04, 0.08, 0.12].map((seconds) => loopFrame(seconds, 50, 10))).toEqual([0, 2, 4, 6])
  })

  it('knows footage of one frame, and moments long after and before the beginning', () => {
    expect([0, 0.5, 3, 1e6].map((seconds) => loopFrame(seconds, 25, 1))).toEqual([0, 0, 0, 0])
    expect(loopFrame(-1, 25, 9)).toBe(0)
    expect(loopFrame(36_000, 30, 7)).toBe(13 - ((36_000 * 30) % 14))
  })
})
