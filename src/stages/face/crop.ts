import type { PicturePyramid } from './pyramid.js'
import type { Region } from './region.js'

/** What a network wants to be shown. */
export interface CropFormat {
  /** Pixels of each side. */
  readonly side: number
  /** The number that stands for 0 of a byte, and for 255. */
  readonly black: number
  readonly white: number
  /** What lies outside of the picture: black, or the nearest pixel of its edge. */
  readonly outside: 'black' | 'edge'
}

/**
 * Shows a region of a picture to a network: red, then green, then blue, each side × side, row by row.
 *
 * A region that is larger than the network's input is read from a smaller level of the pyramid, so that neighbouring
 * pixels there are one to two pixels apart here, and bilinear interpolation leaves none out.
 *
 * @param out - 3 × side × side numbers, overwritten.
 */
export function cropInto(
  pyramid: PicturePyramid,
  region: Region,
  { side, black, white, outside }: CropFormat,
  out: Float32Array,
): void {
  const { rgb, width, height, factor } = pyramid.levelFor(region.size / side)
  const plane = side * side
  const gain = (white - black) / 255
  const step = region.size / side / factor
  const stepX = Math.cos(region.angle) * step
  const stepY = Math.sin(region.angle) * step
  const half = (side - 1) / 2
  const lastX = width - 1
  const lastY = height - 1
  let rowX = region.centreX / factor - 0.5 - half * stepX + half * stepY
  let rowY = region.centreY / factor - 0.5 - half * stepY - half * stepX
  for (let j = 0, to = 0; j < side; j++, rowX -= stepY, rowY += stepX) {
    for (let i = 0; i < side; i++, to++) {
      let x = rowX + i * stepX
      let y = rowY + i * stepY
      if (x < -0.5 || y < -0.5 || x > lastX + 0.5 || y > lastY + 0.5) {
        if (outside === 'black') {
          out[to] = out[to + plane] = out[to + 2 * plane] = black
          continue
        }
      }
      x = x < 0 ? 0 : x > lastX ? lastX : x
      y = y < 0 ? 0 : y > lastY ? lastY : y
      const left = x | 0
      const top = y | 0
      const right = x - left
      const bottom = y - top
      const a = (top * width + left) * 3
      const b = left < lastX ? a + 3 : a
      const down = top < lastY ? width * 3 : 0
      const c = a + down
      const d = b + down
      const weightB = right * (1 - bottom)
      const weightC = (1 - right) * bottom
      const weightD = right * bottom
      const weightA = 1 - weightB - weightC - weightD
      out[to] = (rgb[a]! * weightA + rgb[b]! * weightB + rgb[c]! * weightC + rgb[d]! * weightD) * gain + black
      out[to + plane] =
        (rgb[a + 1]! * weightA + rgb[b + 1]! * weightB + rgb[c + 1]! * weightC + rgb[d + 1]! * weightD) *
          gain +
        black
      out[to + 2 * plane] =
        (rgb[a + 2]! * weightA + rgb[b + 2]! * weightB + rgb[c + 2]! * weightC + rgb[d + 2]! * weightD) *
          gain +
        black
    }
  }
}
