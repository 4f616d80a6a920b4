import { describe, expect, it } from 'vitest'
import { PulseTrain } from './pulse-train.js'

const OPTIONS = { sampleRate: 24_000, hop: 300, lowest: 40, highest: 11_000 }

function render(track: readonly number[], pieces: readonly number[]): Float64Array {
  const output = new Float64Array(pieces.reduce((sum, length) => sum + length, 0))
  const train = new PulseTrain(Float32Array.from(track), OPTIONS)
  let at = 0
  for (const length of pieces) {
    train.render(output, at, length)
    at += length
  }
  return output
}

describe('PulseTrain', () => {
  it('is the sum of the harmonics below the limit', () => {
    const pitch = 250
    const output = render([pitch, pitch, pitch], [900])
    for (const [n, sample] of output.entries()) {
      const phase = ((n + 1) * pitch) / OPTIONS.sampleRate
      let sum = 0
      for (let harmonic = 1; harmonic <= 44; harmonic++) sum += Math.cos(2 * Math.PI * harmonic * phase)
      // The limit that stands in for the quotient at a pulse is exact at its centre.
      expect(Math.abs(sample - sum)).toBeLessThan(1e-6)
    }
    expect(Math.max(...output)).toBeCloseTo(44, 6)
  })

  it('pulses once a period while the pitch glides, and is silent below the lowest', () => {
    const track = Array.from({ length: 80 }, (_, frame) => (frame < 20 ? 0 : 100 + frame))
    const output = render(track, [80 * 300])
    expect(output.subarray(0, 19 * 300).every((sample) => sample === 0)).toBe(true)
    let cycles = 0
    let pulses = 0
    for (let n = 21 * 300; n < 80 * 300; n++) {
      cycles += (100 + Math.min(79, (n + 0.5) / 300 - 0.5)) / OPTIONS.sampleRate
      const isPeak = output[n]! > 20 && output[n]! >= output[n - 1]! && output[n]! > (output[n + 1] ?? 0)
      if (isPeak) pulses++
    }
    expect(Math.abs(pulses - cycles)).toBeLessThanOrEqual(1)
  })

  it('does not depend on how it is cut', () => {
    const track = [0, 0, 120, 180, 260, 200, 0, 90]
    expect(render(track, [1, 299, 700, 3, 1397])).toEqual(render(track, [2400]))
  })
})
