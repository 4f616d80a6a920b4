import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { ComplexNoise } from '../../../dsp/complex-noise.js'
import { noiseOf } from './noise.js'
import { BINS, HOP, type NoiseSource, type Spectra } from './spectra.js'
import { Vocoder } from './vocoder.js'

/** The parts of `made_up_parts` in models/hibari/reference/formula.py, which try every branch of the formula. */
function madeUpSpectra(frames = 21): Spectra {
  const part = (of: (k: number, t: number) => number): Float32Array =>
    Float32Array.from({ length: BINS * frames }, (_, i) => of(Math.floor(i / frames), i % frames))
  return {
    frames,
    lh: part((k, t) => -0.006 * k + 1.5 * Math.sin(0.05 * k + 0.4 * t)),
    theta: part((k, t) => 2 * Math.sin(0.02 * k * (1 + 0.1 * t))),
    ln: part((k, t) => -2.5 + 2 * Math.cos(0.03 * k - 0.5 * t)),
    lr: part((k, t) => -1.5 + 3 * Math.sin(0.011 * k + 0.9 * t) - (t % 5 === 3 ? 16 : 0)),
    phi: part((k, t) => 9 * Math.sin(0.7 * k + 1.3 * t)),
    f0: Float32Array.from({ length: frames }, (_, t) =>
      t > 2 && t < 15 ? 180 + 60 * Math.sin(0.5 * t) : -0.5,
    ),
  }
}

const madeUpNoise: NoiseSource = {
  take(output, frame, count) {
    for (let k = 0, at = 0; k < BINS; k++) {
      for (let t = frame; t < frame + count; t++, at += 2) {
        output[at] = Math.sin(1.7 * k + 2.3 * t)
        output[at + 1] = Math.cos(2.9 * k - 0.7 * t)
      }
    }
  },
}

function soundOf(pieces: Iterable<Float32Array>): number[] {
  const sound: number[] = []
  for (const piece of pieces) sound.push(...piece)
  return sound
}

describe('Vocoder', () => {
  it('makes the sound that the published formula makes in numpy', async () => {
    const file = await readFile(new URL('fixtures/formula.f32', import.meta.url))
    const expected = new Float32Array(new Uint8Array(file).buffer)
    const sound = soundOf(new Vocoder().render(madeUpSpectra(), madeUpNoise))
    expect(sound).toHaveLength(expected.length)
    const peak = Math.max(...expected)
    expect(peak).toBeGreaterThan(0.1)
    for (const [n, sample] of sound.entries()) expect(Math.abs(sample - expected[n]!)).toBeLessThan(2e-5)
  })

  it('lets utterances take turns', () => {
    const vocoder = new Vocoder()
    const alone = soundOf(vocoder.render(madeUpSpectra(), madeUpNoise))
    const [one, other] = [0, 1].map(() => vocoder.render(madeUpSpectra(), madeUpNoise))
    const together: number[] = []
    for (;;) {
      const next = one!.next()
      if (next.done) break
      together.push(...next.value)
      other!.next()
    }
    expect(together).toEqual(alone)
  })

  it('makes a part of an utterance as long as its frames, and the same inside', () => {
    const vocoder = new Vocoder()
    const spectra = { ...madeUpSpectra(), f0: new Float32Array(21) }
    const whole = soundOf(vocoder.render(spectra, madeUpNoise))
    const part = soundOf(vocoder.render(spectra, madeUpNoise, 4, 15))
    expect(part).toHaveLength(11 * HOP)
    for (let n = 3 * HOP; n < 9 * HOP; n++) expect(part[n]).toBeCloseTo(whole[4 * HOP + n]!, 6)
  })

  it('repeats itself for a seed', () => {
    const make = (seed: number): number[] =>
      soundOf(new Vocoder().render(madeUpSpectra(), noiseOf(new ComplexNoise(seed))))
    expect(make(1)).toEqual(make(1))
    expect(make(2)).not.toEqual(make(1))
  })
})
