import { describe, expect, it } from 'vitest'
import { levelOf, roomNoise } from '../stages/separation/fixtures/mixtures.js'
import { NoiseFilter } from './noise-filter.js'
import { SpectralStream } from './spectral-stream.js'

const RATE = 16_000

function filtered(samples: Float32Array): Float32Array {
  const stream = new SpectralStream(1024, 256, new NoiseFilter(513))
  const output = new Float32Array(samples.length)
  const start = stream.process(samples)
  output.set(start)
  output.set(stream.flush(), start.length)
  return output
}

function lowered(before: Float32Array, after: Float32Array, from: number, to: number): number {
  const part = (samples: Float32Array): number => levelOf(samples.subarray(from * RATE, to * RATE))
  return 20 * Math.log10(part(before) / part(after))
}

describe('NoiseFilter', () => {
  it('lowers noise from its first moment on, however loud', () => {
    for (const gain of [0.0003, 0.3]) {
      const noise = roomNoise(3 * RATE).map((sample) => sample * gain)
      const output = filtered(noise)
      expect(lowered(noise, output, 0, 0.3)).toBeGreaterThan(7)
      expect(lowered(noise, output, 1, 3)).toBeGreaterThan(8)
    }
  })

  it('follows noise that becomes five times as loud, and noise that comes after digital silence', () => {
    const noise = roomNoise(6 * RATE).map((sample, n) => sample * (n < 2 * RATE ? 0.02 : 0.1))
    expect(lowered(noise, filtered(noise), 5, 6)).toBeGreaterThan(7)
    const late = roomNoise(6 * RATE).map((sample, n) => (n < 2 * RATE ? 0 : 0.1 * sample))
    expect(lowered(late, filtered(late), 2.5, 6)).toBeGreaterThan(7)
  })

  it('lets a sound that swells and falls pass', () => {
    const swell = Float32Array.from({ length: 3 * RATE }, (_, n) => {
      const time = n / RATE
      return 0.2 * Math.sin(2 * Math.PI * 400 * time) * Math.sin(Math.PI * 3 * time) ** 4
    })
    expect(lowered(swell, filtered(swell), 0, 3)).toBeLessThan(1)
  })
})
