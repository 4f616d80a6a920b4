import { packPicture } from '../../../../dsp/blend.js'
import { fitSimilarity } from '../../../../dsp/mesh-similarity.js'
import type { Picture } from '../../../../dsp/raster.js'
import { authorBlendshapes } from '../blendshapes.js'
import { headVertices, type CanonicalFace } from '../canonical.js'
import { buildRig, type Rig } from '../rig.js'
import { LOWER_LIP, LOWER_SEAM, UPPER_LIP, UPPER_SEAM } from '../topology.js'
import { cutEyes } from './cut-eyes.js'
import { faceLayer } from './face-layer.js'
import { lidPatches } from './lid-patches.js'
import { paletteOf } from './palette.js'
import { PhotoPlace } from './photo-place.js'
import { relaxMouth } from './relax-mouth.js'
import { sealLips } from './seal-lips.js'

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
  const { scale } = fitSimilarity(headVertices(face), seen)
  const pictured = insetLips(seen, scale)
  const place = new PhotoPlace(seen, texelsPerPixel, scale)
  const layer = faceLayer(picture, place)
  sealLips(layer, new PhotoPlace(pictured, texelsPerPixel, scale))
  const table = authorBlendshapes(face)
  const parts = {
    size,
    landmarks: relaxMouth(face, seen, table),
    pictured,
    scene: picture,
    sceneShowsHead: true,
    face: layer,
    lidPatches: lidPatches(layer, place),
    eyes: cutEyes(picture, place),
    palette: paletteOf(picture, place),
  }
  return buildRig(face, parts, table)
}

/** Packs RGB bytes of a square picture. */
export function squarePicture(rgb: Uint8Array, side: number): Picture {
  const rgba = new Uint8Array(side * side * 4).fill(255)
  for (let i = 0; i < side * side; i++) rgba.set(rgb.subarray(i * 3, i * 3 + 3), i * 4)
  return packPicture(rgba, side, side)
}

function insetLips(seen: Float64Array, scale: number): Float64Array {
  const pictured = seen.slice()
  const gaps = UPPER_SEAM.map((upper, k) => {
    const lower = LOWER_SEAM[k]!
    return Math.hypot(seen[lower * 3]! - seen[upper * 3]!, seen[lower * 3 + 1]! - seen[upper * 3 + 1]!)
  })
  const inset = LIP_INSET * Math.min(1, Math.max(...gaps) / scale / OPEN)
  for (const rings of [UPPER_LIP, LOWER_LIP]) {
    rings[3].forEach((vertex, k) => {
      for (let axis = 0; axis < 2; axis++) {
        const from = seen[vertex * 3 + axis]!
        pictured[vertex * 3 + axis] = from + inset * (seen[rings[2][k]! * 3 + axis]! - from)
      }
    })
  }
  return pictured
}
