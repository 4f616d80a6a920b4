import { describe, expect, it } from 'vitest'
import { floatsToHalves, halfToNumber, halvesToFloats } from './half-float.js'

const EVERY = Uint16Array.from({ length: 65536 }, (_, bits) => bits)
const INFINITE = 0x7c00

function half(value: number): number {
  return floatsToHalves(Float32Array.of(value))[0]!
}

/** The single-precision number next to a positive one, above or below. */
function beside(value: number, steps: 1 | -1): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  bits[0]! += steps
  return new Float32Array(bits.buffer)[0]!
}

describe('half precision', () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ])('reads the bits %i as %d', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value)
    if (!Number.isNaN(value)) expect(half(value)).toBe(bits)
  })

  it('comes back unchanged from single precision, all 65 536 patterns', () => {
    const back = floatsToHalves(halvesToFloats(EVERY))
    const isNaN = (bits: number): boolean => (bits & 0x7fff) > INFINITE
    const changed = EVERY.filter((bits) => (isNaN(bits) ? !isNaN(back[bits]!) : back[bits] !== bits))
    expect(changed).toHaveLength(0)
  })

  it('rounds to the nearest, and halves to the even one, between all neighbours', () => {
    const wrong: number[] = []
    for (let bits = 0; bits < INFINITE; bits++) {
      // Past the largest, 65 504, the neighbour would be 65 536, were it not infinite.
      const above = bits + 1 === INFINITE ? 65536 : halfToNumber(bits + 1)
      const middle = (halfToNumber(bits) + above) / 2
      const even = bits + (bits % 2)
      const right =
        half(middle) === even &&
        half(-middle) === even + 0x8000 &&
        half(beside(middle, -1)) === bits &&
        half(beside(middle, 1)) === bits + 1
      if (!right) wrong.push(bits)
    }
    expect(wrong).toEqual([])
  })

  it('writes numbers out of range as infinite or zero, and NaN as NaN', () => {
    expect([1e6, -1e38, 1e-9, -1e-9, 1e-40].map(half)).toEqual([INFINITE, 0xfc00, 0, 0x8000, 0])
    expect(halfToNumber(half(NaN))).toBeNaN()
  })

  it('converts a part of an array into a part of another', () => {
    const floats = Float32Array.of(9, 1, -2, 9)
    const halves = new Uint16Array(4)
    floatsToHalves(floats.subarray(1, 3), halves.subarray(2))
    expect([...halves]).toEqual([0, 0, 0x3c00, 0xc000])
    expect([...halvesToFloats(halves, new Float32Array(4))]).toEqual([0, 0, 1, -2])
  })
})
