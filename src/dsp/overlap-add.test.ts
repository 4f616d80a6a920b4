import { describe, expect, it } from 'vitest'
import { OverlapAdd } from './overlap-add.js'
import { hannWindow } from './window.js'

describe('OverlapAdd', () => {
  it('puts a signal together again from its windowed frames', () => {
    const [size, hop, frames] = [120, 30, 17]
    const window = hannWindow(size)
    const signal = Float64Array.from({ length: frames * hop }, (_, n) => Math.sin(n * 0.37) + 0.2)
    const adder = new OverlapAdd(window, hop)
    const output = new Float32Array(frames * hop)
    let made = 0
    for (let t = 0; t < frames; t++) {
      const frame = window.map((weight, n) => weight * (signal[t * hop - size / 2 + n] ?? 0))
      made += adder.add(frame, output, made)
    }
    made += adder.rest(output, made)
    made += adder.rest(output, made)
    expect(made).toBe(frames * hop)
    for (const [n, expected] of signal.entries()) expect(output[n]).toBeCloseTo(expected, 5)
  })
})
