import { describe, expect, it } from 'vitest'
import { kernelCases, mismatch } from '../../test/golden/kernels/cases.js'
import { framed, unframed } from '../../test/golden/kernels/framed.js'
import { picture } from '../../test/golden/kernels/noise.js'
import { GaussianBlur } from './gaussian-blur.js'
import { pixelView } from './pixel-view.js'

describe('GaussianBlur', () => {
  it('equals OpenCV at every size to 151, and on pictures smaller than the blur', () => {
    const cases = kernelCases('blur')
    expect(cases.length).toBeGreaterThan(200)
    for (const one of cases) {
      const { width, height, channels } = one
      const source = framed(picture(one.content, width, height, channels, one.seed), width, height, channels)
      const target = framed(new Uint8Array(width * height * channels), width, height, channels)
      new GaussianBlur(width, height, channels, Number(one.option)).run(source, target)
      expect(mismatch(one, unframed(target, width, height, channels))).toEqual([])
    }
  })

  it('blurs a picture where it lies', () => {
    const blur = new GaussianBlur(30, 20, 3, 9)
    const source = picture('noise', 30, 20, 3, 4)
    const apart = new Uint8Array(source.length)
    blur.run(pixelView(source, 30, 3), pixelView(apart, 30, 3))
    blur.run(pixelView(source, 30, 3), pixelView(source, 30, 3))
    expect(source).toEqual(apart)
  })

  it('refuses an even size', () => {
    expect(() => new GaussianBlur(4, 4, 1, 8)).toThrow('Expected the size of the blur to be odd, got 8')
  })
})
