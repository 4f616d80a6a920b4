import { describe, expect, it } from 'vitest'
import { kernelCases, mismatch } from '../../test/golden/kernels/cases.js'
import { framed, unframed } from '../../test/golden/kernels/framed.js'
import { picture } from '../../test/golden/kernels/noise.js'
import { Lanczos4Resizer } from './opencv-lanczos-resize.js'
import { pixelView } from './pixel-view.js'

describe('Lanczos4Resizer', () => {
  it('equals OpenCV on pictures of many sizes, shrunk, enlarged and both', () => {
    const cases = kernelCases('lanczos4')
    expect(cases.length).toBeGreaterThan(200)
    for (const one of cases) {
      const { width, height, targetWidth, targetHeight, channels } = one
      const source = framed(picture(one.content, width, height, channels, one.seed), width, height, channels)
      const size = targetWidth * targetHeight * channels
      const target = framed(new Uint8Array(size), targetWidth, targetHeight, channels)
      new Lanczos4Resizer(width, height, targetWidth, targetHeight, channels).run(source, target)
      expect(mismatch(one, unframed(target, targetWidth, targetHeight, channels))).toEqual([])
    }
  })

  it('gives the same again when it is used again', () => {
    const resizer = new Lanczos4Resizer(9, 9, 14, 5, 1)
    const [first, again] = [new Uint8Array(70), new Uint8Array(70)]
    const source = pixelView(picture('noise', 9, 9, 1, 2), 9, 1)
    resizer.run(source, pixelView(first, 14, 1))
    resizer.run(pixelView(picture('noise', 9, 9, 1, 3), 9, 1), pixelView(again, 14, 1))
    resizer.run(source, pixelView(again, 14, 1))
    expect(again).toEqual(first)
  })
})
