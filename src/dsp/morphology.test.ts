import { describe, expect, it } from 'vitest'
import { kernelCases, mismatch } from '../../test/golden/kernels/cases.js'
import { framed, unframed } from '../../test/golden/kernels/framed.js'
import { noise, picture } from '../../test/golden/kernels/noise.js'
import { Morphology } from './morphology.js'
import { ellipseElement, type StructuringElement } from './structuring-element.js'

/** As make_pixels.py has it: `ellipse-35x3`, `full-4x2` or `noise-7x5`. */
function element(name: string): StructuringElement {
  const [shape, width, height] = name.split(/[-x]/) as [string, string, string]
  const size = { width: Number(width), height: Number(height) }
  if (shape === 'ellipse') return ellipseElement(size.width, size.height)
  if (shape === 'full') return { ...size, mask: new Uint8Array(size.width * size.height).fill(1) }
  const hash = noise(size.width * size.height, size.width + size.height)
  return { ...size, mask: hash.map((value) => Number(value >= 192)) }
}

describe('Morphology', () => {
  it.each(['dilate', 'erode'] as const)(
    'equals OpenCV: %s, elements of any shape, to the edges',
    (kernel) => {
      const cases = kernelCases(kernel)
      expect(cases.length).toBeGreaterThan(100)
      for (const one of cases) {
        const { width, height } = one
        // In place: what is read is the source, not what has been written of the target.
        const view = framed(picture(one.content, width, height, 1, one.seed), width, height, 1)
        new Morphology(width, height, element(one.option))[kernel](view, view)
        expect(mismatch(one, unframed(view, width, height, 1))).toEqual([])
      }
    },
  )

  it('refuses an element whose mask has another size', () => {
    expect(() => new Morphology(4, 4, { width: 3, height: 3, mask: new Uint8Array(8) })).toThrow(
      'Expected the mask of a 3×3 element to have as many values, got 8',
    )
  })
})
