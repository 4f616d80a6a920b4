import { CoverageMask } from '../../../../dsp/raster-coverage.js'
import type { Picture } from '../../../../dsp/raster.js'
import { smoothstep } from '../../../../dsp/spline.js'
import { OVAL } from '../topology.js'
import type { PhotoPlace } from './photo-place.js'

/** Width of the soft edge around the outline, as a share of the face's height; within the rim of the face's sheet. */
const SOFT = 0.03

/**
 * The photo with everything but the face faded out: opaque inside the outline, nothing beyond a soft edge around it.
 *
 * @param photo Opaque; covers the frame.
 */
export function faceLayer(photo: Picture, place: PhotoPlace): Picture {
  const { width, height } = photo
  const outline = Float32Array.from(place.all(OVAL).flat())
  const soft = SOFT * Math.abs(outline[37]! - outline[1]!)
  const mask = new CoverageMask(width * height)
  mask.fill(outline, OVAL.length, width, height, Math.ceil(soft) + 1)
  const pixels = new Uint32Array(width * height)
  for (let row = 0; row < mask.height; row++) {
    const y = mask.y + row
    for (let column = 0; column < mask.width; column++) {
      const x = mask.x + column
      const at = y * width + x
      const covered = mask.values[row * mask.width + column]!
      const alpha = covered >= 1 ? 1 : smoothstep(soft, 0, distanceTo(outline, x, y))
      pixels[at] = fade(photo.pixels[at]!, Math.max(covered, alpha))
    }
  }
  return { pixels, width, height }
}

/** Distance of a point outside a closed polygon to its nearest edge. */
export function distanceTo(polygon: Float32Array, x: number, y: number): number {
  let nearest = Infinity
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const ex = polygon[i]! - polygon[j]!
    const ey = polygon[i + 1]! - polygon[j + 1]!
    const dx = x - polygon[j]!
    const dy = y - polygon[j + 1]!
    const t = Math.min(1, Math.max(0, (dx * ex + dy * ey) / (ex * ex + ey * ey || 1)))
    nearest = Math.min(nearest, Math.hypot(dx - t * ex, dy - t * ey))
  }
  return nearest
}

function fade(pixel: number, alpha: number): number {
  const weight = Math.round(alpha * 256)
  const redBlue = (Math.imul(pixel & 0xff00ff, weight) >>> 8) & 0xff00ff
  const green = (((pixel >>> 8) & 255) * weight) >> 8
  return ((Math.round(alpha * 255) << 24) | (green << 8) | redBlue) >>> 0
}
