import { checkSizes } from './pixel-view.js'
import { roundHalfEven } from './round-half-even.js'

/**
 * Which neighbours of a pixel count in dilation and erosion: those whose value in `mask`, row by row, is not 0. The
 * pixel itself lies at column width >> 1 and row height >> 1.
 */
export interface StructuringElement {
  readonly width: number
  readonly height: number
  /** width × height values. */
  readonly mask: Uint8Array
}

/**
 * An ellipse, equal to OpenCV's `getStructuringElement(MORPH_ELLIPSE, (width, height))`.
 *
 * @throws RangeError when a size is not a whole number of at least 1
 */
export function ellipseElement(width: number, height: number): StructuringElement {
  checkSizes({ width, height })
  const mask = new Uint8Array(width * height)
  const [centreX, centreY] = [width >> 1, height >> 1]
  for (let y = 0; y < height; y++) {
    const rise = centreY === 0 ? 1 : (y - centreY) / centreY
    const half = roundHalfEven(centreX * Math.sqrt(1 - rise * rise))
    mask.fill(1, y * width + Math.max(0, centreX - half), y * width + Math.min(width, centreX + half + 1))
  }
  return { width, height, mask }
}
