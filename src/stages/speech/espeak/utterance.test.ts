import { describe, expect, it } from 'vitest'
import { samplesOf } from './contract.js'
import { pauseOf, utteranceOf } from './utterance.js'

const chunk = (milliseconds: number, value: number): Int16Array =>
  new Int16Array(samplesOf(milliseconds)).fill(value)

describe('utteranceOf', () => {
  it('cuts the silence at the end and covers the rest with phonemes', () => {
    const { samples, phonemes = [] } = utteranceOf(
      {
        chunks: [chunk(100, 3277), chunk(300, 3277), chunk(500, 0)],
        starts: [
          { symbol: 'p', at: 40 },
          { symbol: 'ɑ', at: 70 },
          { symbol: '', at: 150 },
          { symbol: '', at: 160 },
          { symbol: 'k', at: 300 },
          { symbol: '', at: 400 },
          { symbol: '', at: 900 },
        ],
      },
      1,
    )
    expect(samples).toHaveLength(samplesOf(408))
    expect(samples[0]).toBeCloseTo(0.1, 4)
    // The 40 ms before the p are its closure; the 150 ms before the k are a pause.
    expect(phonemes.map(({ symbol, start }) => [symbol, start])).toEqual([
      ['p', 0],
      ['ɑ', samplesOf(70)],
      ['', samplesOf(150)],
      ['k', samplesOf(300)],
    ])
    for (const [index, { start, length }] of phonemes.entries()) {
      expect(start + length).toBe(phonemes[index + 1]?.start ?? samples.length)
    }
  })

  it('bends peaks instead of cutting them', () => {
    const loud = utteranceOf({ chunks: [chunk(50, 32_767)], starts: [{ symbol: 'a', at: 0 }] }, 1.5)
    expect(loud.samples[0]).toBeGreaterThan(0.9)
    expect(loud.samples[0]).toBeLessThanOrEqual(1)
    const quiet = utteranceOf({ chunks: [chunk(50, -16_384)], starts: [{ symbol: 'a', at: 0 }] }, 1.5)
    expect(quiet.samples[0]).toBeCloseTo(-0.75, 6)
  })

  it('is empty where nothing was spoken', () => {
    expect(utteranceOf({ chunks: [chunk(100, 0)], starts: [{ symbol: '', at: 0 }] }, 1).samples).toHaveLength(
      0,
    )
    expect(utteranceOf({ chunks: [], starts: [] }, 1).samples).toHaveLength(0)
  })
})

describe('pauseOf', () => {
  it('is silence with one pause in it', () => {
    const { samples, phonemes } = pauseOf(100)
    expect(samples).toEqual(new Float32Array(2205))
    expect(phonemes).toEqual([{ symbol: '', start: 0, length: 2205 }])
  })
})
