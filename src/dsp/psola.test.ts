import { describe, expect, it } from 'vitest'
import { Psola } from './psola.js'

const OPTIONS = { sampleRate: 24_000, hop: 300, lowest: 40, delay: 0 }
const FRAMES = 80

/** A vowel: pulses through one resonance at 1000 Hz. */
function vowel(pitch: number): Float32Array {
  const output = new Float32Array(FRAMES * 300)
  let [phase, a, b] = [0, 0, 0]
  for (let n = 0; n < output.length; n++) {
    phase += pitch / 24_000
    const pulse = phase >= 1 ? 1 : 0
    if (phase >= 1) phase -= 1
    const next = pulse + 2 * 0.97 * Math.cos((2 * Math.PI * 1000) / 24_000) * a - 0.97 ** 2 * b
    ;[b, a] = [a, next]
    output[n] = next
  }
  return output
}

function shift(
  sound: Float32Array,
  from: Float32Array,
  to: Float32Array,
  piece = 2400,
  tempo = 1,
): Float32Array {
  const shifter = new Psola(from, to, { ...OPTIONS, tempo })
  const pieces: number[] = []
  for (let at = 0; at < sound.length; at += piece)
    pieces.push(...shifter.push(sound.subarray(at, at + piece)))
  return Float32Array.from(pieces)
}

/** Strength of a frequency in the middle of a sound. */
function strength(sound: Float32Array, hertz: number): number {
  let [re, im] = [0, 0]
  for (let n = 4800; n < 19_200; n++) {
    const weight = 1 - Math.cos((2 * Math.PI * (n - 4800)) / 14_400)
    re += weight * sound[n]! * Math.cos((2 * Math.PI * hertz * n) / 24_000)
    im += weight * sound[n]! * Math.sin((2 * Math.PI * hertz * n) / 24_000)
  }
  return Math.hypot(re, im)
}

const track = (pitch: number): Float32Array => new Float32Array(FRAMES).fill(pitch)

describe('Psola', () => {
  it('leaves a sound alone where no other pitch is asked for', () => {
    const sound = vowel(200)
    const same = shift(sound, track(200), track(200))
    expect(same).toHaveLength(sound.length)
    for (const [n, sample] of sound.entries()) expect(same[n]).toBeCloseTo(sample, 5)
    const unvoiced = shift(sound, track(0), track(300))
    for (const [n, sample] of sound.entries()) expect(unvoiced[n]).toBeCloseTo(sample, 5)
  })

  it.each([140, 170, 240, 300])(
    'moves the harmonics from 200 Hz to %i Hz and keeps the resonance',
    (pitch) => {
      const shifted = shift(vowel(200), track(200), track(pitch))
      expect(shifted).toHaveLength(FRAMES * 300)
      // At the new harmonics there is sound; at the old ones there is not, where they are none of the new.
      const nearest = Math.round(1000 / pitch)
      expect(strength(shifted, nearest * pitch)).toBeGreaterThan(
        10 * strength(shifted, (nearest + 0.5) * pitch),
      )
      // The strongest harmonic is the one nearest to the resonance.
      const levels = Array.from({ length: 12 }, (_, h) => strength(shifted, (h + 1) * pitch))
      expect(Math.abs((levels.indexOf(Math.max(...levels)) + 1) * pitch - 1000)).toBeLessThanOrEqual(pitch)
    },
  )

  it.each([0.8, 1.25])('speaks %d times as fast at the same pitch', (tempo) => {
    const spoken = shift(vowel(200), track(200), track(200), 2400, tempo)
    expect(spoken).toHaveLength(Math.round((FRAMES * 300) / tempo))
    expect(strength(spoken, 1000)).toBeGreaterThan(20 * strength(spoken, 900))
    const level = (sound: Float32Array): number =>
      sound.reduce((sum, sample) => sum + sample ** 2, 0) / sound.length
    expect(level(spoken) / level(vowel(200))).toBeCloseTo(1, 1)
  })

  it('does not depend on how the sound is cut', () => {
    const from = Float32Array.from({ length: FRAMES }, (_, t) => (t % 20 < 5 ? 0 : 180 + t))
    const to = from.map((pitch) => pitch * 1.3)
    expect(shift(vowel(200), from, to, 7)).toEqual(shift(vowel(200), from, to, FRAMES * 300))
  })
})
