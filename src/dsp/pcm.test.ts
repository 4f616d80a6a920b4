import { describe, expect, it } from 'vitest'
import { floatToS16le, peak, rms, s16leToFloat } from './pcm.js'

describe('16-bit PCM', () => {
  it('goes to float and back unchanged for every value, at an odd offset', () => {
    const words = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768)
    const bytes = new Uint8Array(words.length * 2 + 1).subarray(1)
    bytes.set(new Uint8Array(words.buffer))
    const floats = new Float32Array(words.length)
    expect(s16leToFloat(bytes, floats)).toBe(words.length)
    expect([floats[0], floats[32_768], floats[65_535]]).toEqual([-1, 0, 32_767 / 32_768])
    const back = new Uint8Array(bytes.length)
    expect(floatToS16le(floats, back)).toBe(bytes.length)
    expect(Buffer.from(back).equals(bytes)).toBe(true)
  })

  it('clips, rounds and silences NaN', () => {
    const bytes = new Uint8Array(12)
    floatToS16le(Float32Array.of(1, 2, -2, NaN, 0.6 / 32_768, -0.4 / 32_768), bytes)
    expect([...new Int16Array(bytes.buffer)]).toEqual([32_767, 32_767, -32_768, 0, 1, 0])
  })

  it('stops where either side ends', () => {
    const floats = new Float32Array(2)
    expect(s16leToFloat(Uint8Array.of(0, 64, 0), floats)).toBe(1)
    expect(floats[0]).toBe(0.5)
    expect(floatToS16le(new Float32Array(5), new Uint8Array(5))).toBe(4)
  })
})

describe('levels', () => {
  it('of a sine, and of nothing', () => {
    const sine = Float32Array.from({ length: 1000 }, (_, i) => -0.8 * Math.sin((2 * Math.PI * i) / 100))
    expect(peak(sine)).toBeCloseTo(0.8, 6)
    expect(rms(sine)).toBeCloseTo(0.8 / Math.SQRT2, 6)
    expect([peak(new Float32Array(0)), rms(new Float32Array(0))]).toEqual([0, 0])
  })
})
