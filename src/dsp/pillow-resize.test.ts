import { describe, expect, it } from 'vitest'
import { kernelCases, mismatch } from '../../test/golden/kernels/cases.js'
import { framed, unframed } from '../../test/golden/kernels/framed.js'
import { picture } from '../../test/golden/kernels/noise.js'
import { PillowResizer } from './pillow-resize.js'

describe('PillowResizer', () => {
  it.each(['bilinear', 'bicubic'] as const)('equals Pillow with the %s filter at many sizes', (filter) => {
    const cases = kernelCases(filter)
    expect(cases.length).toBeGreaterThan(200)
    for (const one of cases) {
      const { width, height, targetWidth, targetHeight, channels } = one
      const source = framed(picture(one.content, width, height, channels, one.seed), width, height, channels)
      const size = targetWidth * targetHeight * channels
      const target = framed(new Uint8Array(size), targetWidth, targetHeight, channels)
      new PillowResizer(width, height, targetWidth, targetHeight, channels, filter).run(source, target)
      expect(mismatch(one, unframed(target, targetWidth, targetHeight, channels))).toEqual([])
    }
  })
})
