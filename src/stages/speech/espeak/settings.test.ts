import { describe, expect, it } from 'vitest'
import { prosodyOf } from '../prosody.js'
import { settingsFor } from './settings.js'

const only = (index: number, strength = 1): number[] =>
  Array.from({ length: 8 }, (_, i) => (i === index ? strength : 0))

describe('settingsFor', () => {
  it('leaves the knobs in the middle for a plain voice, and within their ends for any', () => {
    expect(settingsFor(prosodyOf(), 'en')).toEqual({ rate: 175, pitch: 50, range: 50 })
    for (const rate of [0.5, 2]) {
      for (const pitch of [-12, 12]) {
        for (let emotion = 0; emotion < 8; emotion++) {
          const knobs = settingsFor(prosodyOf({ rate, pitch, emotion: only(emotion) }), 'zh')
          expect(knobs.rate).toBeGreaterThanOrEqual(80)
          expect(knobs.rate).toBeLessThanOrEqual(450)
          expect(knobs.pitch).toBeGreaterThanOrEqual(0)
          expect(knobs.pitch).toBeLessThanOrEqual(99)
          expect(knobs.range).toBeGreaterThanOrEqual(0)
          expect(knobs.range).toBeLessThanOrEqual(100)
        }
      }
    }
  })
})
