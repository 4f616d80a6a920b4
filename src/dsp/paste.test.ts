import { describe, expect, it } from 'vitest'
import { kernelCases, mismatch } from '../../test/golden/kernels/cases.js'
import { framed, unframed } from '../../test/golden/kernels/framed.js'
import { picture } from '../../test/golden/kernels/noise.js'
import { paste } from './paste.js'
import { pixelView } from './pixel-view.js'

describe('paste', () => {
  it('equals Pillow, through masks of every value', () => {
    const cases = kernelCases('paste')
    expect(cases).toHaveLength(8)
    for (const one of cases) {
      const { width, height, channels, seed } = one
      const under = framed(picture('noise', width, height, channels, seed), width, height, channels)
      const over = framed(picture('noise', width, height, channels, seed + 1), width, height, channels)
      const mask = framed(picture('noise', width, height, 1, seed + 2), width, height, 1)
      paste(under, over, mask, width, height, channels)
      expect(mismatch(one, unframed(under, width, height, channels))).toEqual([])
    }
  })

  it('keeps what lies under 0 and takes what lies over 255, exactly', () => {
    const every = Uint8Array.from({ length: 256 * 256 }, (_, i) => i >> 8)
    const over = Uint8Array.from(every, (_, i) => i & 255)
    for (const [share, wanted] of [
      [0, every],
      [255, over],
    ] as const) {
      const under = every.slice()
      const mask = new Uint8Array(every.length).fill(share)
      paste(pixelView(under, 256, 1), pixelView(over, 256, 1), pixelView(mask, 256, 1), 256, 256, 1)
      expect(Buffer.compare(under, wanted)).toBe(0)
    }
  })
})
