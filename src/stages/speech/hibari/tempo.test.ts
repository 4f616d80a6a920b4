import { describe, expect, it } from 'vitest'
import { tempoOf } from './tempo.js'

describe('tempoOf', () => {
  it('leaves the normal speed alone', () => {
    expect(tempoOf(1)).toEqual({ speed: 1, stretch: 1 })
  })

  it('speeds up the sound, and slows down the model where the sound would be drawn out', () => {
    for (let rate = 0.41; rate <= 2.4; rate += 0.01) {
      const { speed, stretch } = tempoOf(rate)
      if (rate > 0.79) expect({ speed, stretch }).toEqual({ speed: 1, stretch: rate })
      else expect(speed).toBeLessThanOrEqual(1)
      expect(speed).toBeGreaterThanOrEqual(0.5)
      expect(stretch).toBeGreaterThan(0.78)
    }
  })
})
