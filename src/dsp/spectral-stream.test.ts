import { describe, expect, it } from 'vitest'
import { SpectralStream, type SpectralFilter, type Spectrum } from './spectral-stream.js'

/** Gives each frame back, `delay` frames later. */
class Delay implements SpectralFilter {
  readonly #frames: Spectrum[] = []
  readonly #delay: number
  constructor(delay: number) {
    this.#delay = delay
  }

  next(input: Spectrum | undefined, output: Spectrum): boolean {
    if (input !== undefined) this.#frames.push({ re: input.re.slice(), im: input.im.slice() })
    if (this.#frames.length === 0 || (input !== undefined && this.#frames.length <= this.#delay)) return false
    const { re, im } = this.#frames.shift()!
    output.re.set(re)
    output.im.set(im)
    return true
  }
}

function through(samples: Float32Array, stream: SpectralStream, piece: number): number[] {
  const output: number[] = []
  for (let at = 0; at < samples.length; at += piece)
    output.push(...stream.process(samples.subarray(at, at + piece)))
  output.push(...stream.flush())
  return output
}

describe('SpectralStream', () => {
  it.each([0, 1, 7, 40])('gives back all that went in through a filter that looks ahead by %i', (delay) => {
    for (const length of [0, 1, 63, 64, 500, 1000]) {
      const samples = Float32Array.from({ length }, (_, n) => Math.sin(n * n))
      for (const piece of [1, 16, 100, 1000]) {
        const output = through(samples, new SpectralStream(64, 16, new Delay(delay)), piece)
        expect(output.length).toBe(length)
        const error = output.map((value, n) => Math.abs(value - samples[n]!))
        expect(Math.max(0, ...error)).toBeLessThan(1e-6)
      }
    }
  })

  it('gives samples as soon as it can', () => {
    const stream = new SpectralStream(64, 16, new Delay(2))
    expect(stream.process(new Float32Array(320)).length).toBe(240)
  })
})
