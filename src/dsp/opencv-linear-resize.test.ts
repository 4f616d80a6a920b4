import { describe, expect, it } from 'vitest'
import { kernelCases, mismatch } from '../../test/golden/kernels/cases.js'
import { framed, unframed } from '../../test/golden/kernels/framed.js'
import { picture } from '../../test/golden/kernels/noise.js'
import { LinearResizer } from './opencv-linear-resize.js'
import { pixelView } from './pixel-view.js'

describe('LinearResizer', () => {
  it('equals OpenCV on pictures of many sizes, shrunk, enlarged and both', () => {
    const cases = kernelCases('linear')
    expect(cases.length).toBeGreaterThan(200)
    for (const one of cases) {
      const { width, height, targetWidth, targetHeight, channels } = one
      const source = framed(picture(one.content, width, height, channels, one.seed), width, height, channels)
      const size = targetWidth * targetHeight * channels
      const target = framed(new Uint8Array(size), targetWidth, targetHeight, channels)
      new LinearResizer(width, height, targetWidth, targetHeight, channels).run(source, target)
      expect(mismatch(one, unframed(target, targetWidth, targetHeight, channels))).toEqual([])
    }
  })

  it('makes only the rows that are asked for, and these as ever', () => {
    const resizer = new LinearResizer(20, 30, 33, 41, 3)
    const source = pixelView(picture('noise', 20, 30, 3, 5), 20, 3)
    const whole = new Uint8Array(33 * 41 * 3)
    resizer.run(source, pixelView(whole, 33, 3))
    const part = new Uint8Array(whole.length)
    resizer.run(source, pixelView(part, 33, 3), 17, 29)
    const [from, to] = [17 * 33 * 3, 29 * 33 * 3]
    expect(part.subarray(from, to)).toEqual(whole.subarray(from, to))
    expect(part.fill(0, from, to)).toEqual(new Uint8Array(whole.length))
  })

  it('gives the same again when it is used again', () => {
    const resizer = new LinearResizer(9, 9, 14, 5, 1)
    const [first, again] = [new Uint8Array(70), new Uint8Array(70)]
    const source = pixelView(picture('noise', 9, 9, 1, 2), 9, 1)
    resizer.run(source, pixelView(first, 14, 1))
    resizer.run(pixelView(picture('noise', 9, 9, 1, 3), 9, 1), pixelView(again, 14, 1))
    resizer.run(source, pixelView(again, 14, 1))
    expect(again).toEqual(first)
  })

  it('refuses a picture that its view does not hold', () => {
    const resizer = new LinearResizer(4, 4, 2, 2, 1)
    const target = pixelView(new Uint8Array(4), 2, 1)
    expect(() => resizer.run(pixelView(new Uint8Array(16), 4, 1, 1), target)).toThrow(
      'Expected the source to hold 4×4 pixels of 1 within its 16 bytes, got offset 1 and stride 4, which end at 17',
    )
    expect(() => new LinearResizer(4, 0, 2, 2, 1)).toThrow(
      'Expected sourceHeight to be a whole number of at least 1, got 0',
    )
  })
})
