import { CoverageMask } from '../../../../dsp/raster-coverage.js'
import { OVAL } from '../../portrait/topology.js'
import type { Square } from '../material/face-box.js'
import { NOSE, SKIN } from './jaw-mask.js'
import { CLASSES_SIZE } from './parser-input.js'

/** The nose from between the eyes around its wings: the right side down, the left side up. */
const NOSE_OUTLINE = [
  6, 188, 217, 126, 209, 129, 64, 98, 97, 2, 326, 327, 294, 358, 429, 355, 437, 412,
] as const

/**
 * What a parser of faces would tell, where there is none: the skin inside the mesh's outline, and the nose.
 *
 * @param landmarks 468 × (x, y, z) in pixels of the frame, whose first pixel has its middle at 0.5
 * @param square what the classes cover
 * @returns 512 × 512
 */
export function meshClasses(landmarks: ArrayLike<number>, square: Square): Uint8Array {
  const classes = new Uint8Array(CLASSES_SIZE * CLASSES_SIZE)
  const mask = new CoverageMask(classes.length)
  paint(classes, mask, outline(OVAL, landmarks, square), SKIN)
  paint(classes, mask, outline(NOSE_OUTLINE, landmarks, square), NOSE)
  return classes
}

/** Corners in pixels of the classes, of which the first has its middle at 0. */
function outline(vertices: readonly number[], landmarks: ArrayLike<number>, square: Square): Float32Array {
  const scale = CLASSES_SIZE / square.side
  return Float32Array.from(
    vertices.flatMap((vertex) => [
      (landmarks[vertex * 3]! - square.left) * scale - 0.5,
      (landmarks[vertex * 3 + 1]! - square.top) * scale - 0.5,
    ]),
  )
}

function paint(classes: Uint8Array, mask: CoverageMask, polygon: Float32Array, kind: number): void {
  mask.fill(polygon, polygon.length / 2, CLASSES_SIZE, CLASSES_SIZE, 0)
  for (let row = 0; row < mask.height; row++) {
    for (let column = 0; column < mask.width; column++) {
      if (mask.values[row * mask.width + column]! < 0.5) continue
      classes[(mask.y + row) * CLASSES_SIZE + mask.x + column] = kind
    }
  }
}
