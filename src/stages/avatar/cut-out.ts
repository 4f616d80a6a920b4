import { cropPicture } from '../../media/picture-crop.js'
import type { RgbPicture } from '../../media/rgb-picture.js'
import type { SquareCrop } from '../video/portrait/photo/crop.js'

/** Longest side of a cut-out picture: a head at this size is sharper than any frame that is made from it. */
const MAX_SIDE = 1536

/** A square of a photo and the landmarks of the face in it. */
export interface CutOut {
  readonly picture: RgbPicture
  /** 468 × (x, y, z) in pixels of `picture`; z away from the viewer. */
  readonly landmarks: Float32Array
}

/**
 * Cuts a square out of a photo, at the size it has there or smaller.
 *
 * @param landmarks 468 × (x, y, z) in pixels of the photo
 */
export async function cutOut(
  photo: RgbPicture,
  landmarks: Float32Array,
  { left, top, side }: SquareCrop,
): Promise<CutOut> {
  const outSide = Math.min(side, MAX_SIDE)
  const picture = await cropPicture(photo, { left, top, width: side, height: side }, outSide, outSide)
  const scale = outSide / side
  const origin = [left, top, 0] as const
  return {
    picture,
    landmarks: landmarks.map((value, i) => (value - origin[(i % 3) as 0 | 1 | 2]) * scale),
  }
}
