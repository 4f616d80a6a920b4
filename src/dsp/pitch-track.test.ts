import { describe, expect, it } from 'vitest'
import { pitchTrack } from './pitch-track.js'

const OPTIONS = { sampleRate: 8000, lowest: 60, highest: 500, hop: 80 }

describe('pitchTrack', () => {
  it.each([75, 110, 212.5, 440])('finds %d Hz in a sound of many harmonics', (pitch) => {
    const samples = Float32Array.from({ length: 4000 }, (_, n) => {
      const phase = (2 * Math.PI * pitch * n) / 8000
      // The second harmonic is the strongest, as in many vowels.
      return 0.1 * Math.sin(phase) + 0.3 * Math.sin(2 * phase + 1) + 0.1 * Math.cos(3 * phase)
    })
    const track = pitchTrack(samples, OPTIONS)
    expect(track.length).toBeGreaterThan(40)
    for (const value of track) expect(Math.abs(value / pitch - 1)).toBeLessThan(0.01)
  })

  it('finds none in silence and in noise, and nothing in a sound that is too short', () => {
    expect(pitchTrack(new Float32Array(2000), OPTIONS).every((value) => value === 0)).toBe(true)
    let state = 1
    const noise = Float32Array.from({ length: 8000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
      return state / 2 ** 32
    })
    expect(pitchTrack(noise, OPTIONS).filter((value) => value > 0).length).toBeLessThan(5)
    expect(pitchTrack(new Float32Array(200), OPTIONS)).toHaveLength(0)
  })
})
