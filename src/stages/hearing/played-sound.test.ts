import { describe, expect, it } from 'vitest'
import { noise } from './fixtures/sounds.js'
import { PlayedSound } from './played-sound.js'

function read(played: PlayedSound, from: number, length: number): number[] {
  const output = new Float64Array(length)
  played.read(from, output)
  return [...output]
}

describe('sound that is played', () => {
  it('lies where it was announced, ahead of the microphone and behind it', () => {
    const played = new PlayedSound()
    played.announce(new Float32Array([0.5, 0.25]), 16_000, 1_000_000)
    expect(read(played, 15_999, 4)).toEqual([0, 0.5, 0.25, 0])
    played.advance(31_000)
    expect(read(played, 15_999, 4)).toEqual([0, 0.5, 0.25, 0])
    played.advance(33_000)
    expect(read(played, 15_999, 4)).toEqual([0, 0, 0, 0])
  })

  it('is the same in chunks as whole, at another rate too', () => {
    const sound = noise(1, -20, 24_000)
    const whole = new PlayedSound()
    whole.announce(sound, 24_000, 0)
    const chunked = new PlayedSound()
    for (let at = 0; at < sound.length; at += 700) {
      // Rounded times make no seams.
      chunked.announce(sound.subarray(at, at + 700), 24_000, Math.round(at / 24) * 1000)
    }
    expect(read(chunked, 0, 16_000)).toEqual(read(whole, 0, 16_000))
  })

  it('stops where it was interrupted, and what comes later does not come back with the ring', () => {
    const played = new PlayedSound()
    played.announce(new Float32Array(16_000).fill(0.5), 16_000, 0)
    played.quiet(500_000)
    expect(read(played, 7_999, 2)).toEqual([0.5, 0])
    for (let now = 0; now <= 160_000; now += 256) {
      played.advance(now)
      if (now > 24_000) expect(played.read(now, new Float64Array(512))).toBe(false)
    }
  })

  it('is forgotten when the microphone jumps', () => {
    const played = new PlayedSound()
    played.announce(new Float32Array(16_000).fill(0.5), 16_000, 3_000_000)
    played.advance(10_000_000)
    expect(played.read(10_000_000, new Float64Array(64_000))).toBe(false)
  })
})
