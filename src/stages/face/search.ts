import { confirmed } from './confirm.js'
import { strongestDetections, type Detection } from './detections.js'
import type { FaceDetector } from './detector.js'
import { foundFace, separateFaces, type FoundFace } from './found-face.js'
import type { FaceMesh } from './mesh.js'
import type { PicturePyramid } from './pyramid.js'
import { regionAround, type Region } from './region.js'

/** Squares that are looked at in one step: some 20 ms, so that a search can be stopped and others come between. */
const TILES_A_STEP = 8

/**
 * Looks for faces in squares of a picture. What the detector takes for a face and the mesh does not is left out, and a
 * face that is seen in several squares is there once.
 *
 * @returns The faces, largest first; yields between its steps.
 */
export async function* searchFaces(
  detector: FaceDetector,
  mesh: FaceMesh,
  pyramid: PicturePyramid,
  tiles: readonly Region[],
): AsyncGenerator<undefined, FoundFace[]> {
  const detections: Detection[] = []
  for (const [k, tile] of tiles.entries()) {
    if (k > 0 && k % TILES_A_STEP === 0) yield
    detections.push(...(await detector.detect(pyramid, tile)))
  }
  const faces: FoundFace[] = []
  for (const detection of strongestDetections(detections)) {
    yield
    const sure = await confirmed(detector, pyramid, detection)
    if (sure === undefined) continue
    const { centreX, centreY, size, angle } = sure
    const face = await mesh.fit(pyramid, regionAround(centreX, centreY, size, angle))
    if (face !== undefined) faces.push(foundFace(face.landmarks, face.presence))
  }
  return separateFaces(faces)
}
