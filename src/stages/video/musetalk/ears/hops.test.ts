import { describe, expect, it } from 'vitest'
import { hopsOf, longestWait, type Hop } from './hops.js'

function take(fps: number, count: number): Hop[] {
  const hops = hopsOf(fps)
  return Array.from({ length: count }, () => hops.next().value)
}

describe('the hops of an utterance', () => {
  it('begin with two frames after 180 ms at 25 fps, and grow to eight', () => {
    expect(take(25, 4)).toEqual([
      { first: 0, count: 2, needs: 2880 },
      { first: 2, count: 4, needs: 640 * 5 + 2240 },
      { first: 6, count: 8, needs: 640 * 13 + 2240 },
      { first: 14, count: 8, needs: 640 * 21 + 2240 },
    ])
  })

  it.each([8, 12.5, 24, 29.97, 30, 60])('keep to what is said of their waiting at %f fps', (fps) => {
    let last = 0
    for (const { first, count, needs } of take(fps, 200)) {
      expect(first).toBe(last)
      expect(count).toBeGreaterThan(0)
      // When the last frame of a hop can be heard, its first one has waited longest.
      expect(needs / 16_000 - first / fps).toBeLessThanOrEqual(longestWait(fps) + 1e-9)
      // 132.5 ms after the beginning of its row a frame has all that it depends on.
      expect(needs).toBeGreaterThanOrEqual(((first + count - 1) / fps - 0.02) * 16_000 + 2120)
      last = first + count
    }
  })
})
