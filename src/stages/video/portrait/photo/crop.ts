import { headFrame } from '../head-frame.js'

/** A square of a picture, in its pixels. */
export interface SquareCrop {
  readonly left: number
  readonly top: number
  readonly side: number
}

/** Side of the square in heights of the face, forehead to chin: head, neck and the beginning of the shoulders. */
const SIDE_SHARE = 2.35
/** Where the middle of the face lies, from the top of the square. */
const FACE_PLACE = 0.45

/**
 * The square around a head that becomes the portrait, inside the picture, in whole pixels. Where the picture is too
 * small for the usual margins, the largest square that holds the face.
 *
 * @param landmarks 468 × (x, y, z) in pixels of the picture.
 */
export function portraitCrop(landmarks: ArrayLike<number>, width: number, height: number): SquareCrop {
  const frame = headFrame(landmarks)
  const centreY = (frame.foreheadY + frame.chinY) / 2
  const side = Math.max(2, Math.min(Math.round(SIDE_SHARE * frame.height), width, height))
  const inside = (start: number, length: number): number =>
    Math.round(Math.min(Math.max(0, start), length - side))
  return {
    left: inside(frame.centreX - side / 2, width),
    top: inside(centreY - FACE_PLACE * side, height),
    side,
  }
}
