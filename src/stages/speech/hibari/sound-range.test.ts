import { describe, expect, it } from 'vitest'
import { soundRange } from './sound-range.js'
import { BINS, type Spectra } from './spectra.js'

/** Spectra that sound in the frames from `from` to `to`, by one of their parts. */
function spectra(part: 'lh' | 'ln' | 'lr' | undefined, from: number, to: number): Spectra {
  const frames = 40
  const silence = (): Float32Array => new Float32Array(BINS * frames).fill(-12)
  const parts = { lh: silence(), ln: silence(), lr: silence() }
  const f0 = new Float32Array(frames).fill(part === 'lh' ? 200 : 0)
  if (part !== undefined) {
    for (let k = 0; k < 100; k++) parts[part].fill(-1, k * frames + from, k * frames + to)
  }
  return { frames, ...parts, theta: silence(), phi: silence(), f0 }
}

describe('soundRange', () => {
  it.each(['lh', 'ln', 'lr'] as const)(
    'finds what is heard of %s, with a little silence around it',
    (part) => {
      expect(soundRange(spectra(part, 12, 30))).toEqual({ from: 9, to: 33 })
      expect(soundRange(spectra(part, 1, 39))).toEqual({ from: 0, to: 40 })
    },
  )

  it('is empty where nothing is heard, harmonics without a pitch included', () => {
    expect(soundRange(spectra(undefined, 0, 0))).toEqual({ from: 0, to: 0 })
    const mute = { ...spectra('lh', 10, 20), f0: new Float32Array(40) }
    expect(soundRange(mute)).toEqual({ from: 0, to: 0 })
  })
})
