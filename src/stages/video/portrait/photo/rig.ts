import { packPicture } from '../../../../dsp/blend.js'
import { fitSimilarity } from '../../../../dsp/mesh-similarity.js'
import type { Picture } from '../../../../dsp/raster.js'
import type { CanonicalFace } from '../canonical.js'
import { buildRig, type Rig } from '../rig.js'
import { LOWER_LIP, LOWER_SEAM, UPPER_LIP, UPPER_SEAM } from '../topology.js'
import { cutEyes } from './cut-eyes.js'
import { faceLayer } from './face-layer.js'
import { paletteOf } from './palette.js'
import { relaxMouth } from './relax-mouth.js'

/** A photo of a head and where the face is in it. */
export interface Photo {
  /** Square, opaque; may be larger or smaller than the frame. */
  readonly picture: Picture
  /** 468 × (x, y, z) in pixels of the picture; z grows away from the viewer. */
  readonly landmarks: ArrayLike<number>
}

/** How far the edge of the lips' texture moves into the lips where the photo shows them open: teeth stay outside. */
const LIP_INSET = 0.4
/** An opening, in centimetres, at which that is reached. */
const OPEN = 0.12

/**
 * Builds the rig of a photographed head for frames of `size` × `size` pixels. Pure; takes some hundred milliseconds.
 *
 * @param face The canonical face.
 */
export function photoRig(face: CanonicalFace, { picture, landmarks }: Photo, size: number): Rig {
  const texelsPerPixel = picture.width / size
  const seen = Float64Array.from(landmarks, (value, i) =>
    // A texel's centre, and a pixel's, has whole coordinates.
    i % 3 === 2 ? value / texelsPerPixel : (value + 0.5) / texelsPerPixel - 0.5,
  )
  const flipped = face.vertices.map((value, i) => (i % 3 === 0 ? value : -value))
  const { scale } = fitSimilarity(flipped, seen)
  return buildRig(face, {
    size,
    landmarks: relaxMouth(face, seen),
    pictured: insetLips(seen, scale),
    scene: picture,
    sceneShowsHead: true,
    face: faceLayer(picture, seen, texelsPerPixel),
    eyes: cutEyes(picture, seen, texelsPerPixel, scale),
    palette: paletteOf(picture, seen, texelsPerPixel),
  })
}

/** Packs RGB bytes of a square picture. */
export function squarePicture(rgb: Uint8Array, side: number): Picture {
  const rgba = new Uint8Array(side * side * 4).fill(255)
  for (let i = 0; i < side * side; i++) rgba.set(rgb.subarray(i * 3, i * 3 + 3), i * 4)
  return packPicture(rgba, side, side)
}

function insetLips(seen: Float64Array, scale: number): Float64Array {
  const pictured = seen.slice()
  for (let k = 1; k < UPPER_SEAM.length - 1; k++) {
    const upper = UPPER_SEAM[k]! * 3
    const lower = LOWER_SEAM[k]! * 3
    const gap = Math.hypot(seen[lower]! - seen[upper]!, seen[lower + 1]! - seen[upper + 1]!) / scale
    const inset = LIP_INSET * Math.min(1, gap / OPEN)
    for (let axis = 0; axis < 2; axis++) {
      pictured[upper + axis]! += inset * (seen[UPPER_LIP[2][k]! * 3 + axis]! - seen[upper + axis]!)
      pictured[lower + axis]! += inset * (seen[LOWER_LIP[2][k]! * 3 + axis]! - seen[lower + axis]!)
    }
  }
  return pictured
}
