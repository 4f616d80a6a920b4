import { describe, expect, it } from 'vitest'
import { shapedMelody } from './melody.js'

const TRACK = Float32Array.from([0, -0.5, 100, 200, 400, 12, 200])

describe('shapedMelody', () => {
  it('is nothing new when nothing is asked for, or nothing is voiced', () => {
    expect(shapedMelody(TRACK, { pitch: 0, range: 1 })).toBeUndefined()
    expect(shapedMelody(new Float32Array(9), { pitch: 3, range: 1 })).toBeUndefined()
  })

  it('moves all by semitones', () => {
    const higher = shapedMelody(TRACK, { pitch: 12, range: 1 })
    expect([...higher!]).toEqual([0, -0.5, 200, 400, 800, 12, 400])
  })

  it('widens the distance from the median in octaves, and leaves the track that it was given', () => {
    const lively = shapedMelody(TRACK, { pitch: 0, range: 1.5 })!
    expect(lively[2]).toBeCloseTo(200 / 2 ** 1.5, 3)
    expect(lively[3]).toBe(200)
    expect(lively[4]).toBeCloseTo(200 * 2 ** 1.5, 3)
    expect(lively[5]).toBe(12)
    expect(TRACK[4]).toBe(400)
  })

  it('stays in the range of a voice', () => {
    expect([...shapedMelody(TRACK, { pitch: -24, range: 1.8 })!.subarray(2, 5)].every((hz) => hz >= 40)).toBe(
      true,
    )
  })
})
