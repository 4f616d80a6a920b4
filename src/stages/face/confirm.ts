import { distanceOf, type Detection } from './detections.js'
import type { FaceDetector } from './detector.js'
import type { PicturePyramid } from './pyramid.js'

/** Size of the square that is looked at, in sizes of the face: the detector sees faces best at half of its input. */
const CLOSE_UP = 2
const QUARTER_TURNS = [0, Math.PI / 2, Math.PI, -Math.PI / 2] as const
/** What the score must reach from close by; faces do, of what else is taken for one hardly anything. */
const SURE = 0.7
/** How far a face may be turned against the square, in radians, when it counts as upright there. */
const UPRIGHT = Math.PI / 6
const MOST_ROUNDS = 3

/**
 * Looks at a detection again from close by, held in four ways. From afar, the detector takes folds of cloth and lamps
 * for faces, and a face upside down for one that stands upright; the mesh network believes it.
 *
 * @returns The face as it is seen when it stands upright in the square; undefined when there is none.
 */
export async function confirmed(
  detector: FaceDetector,
  pyramid: PicturePyramid,
  detection: Detection,
): Promise<Detection | undefined> {
  let aim = detection
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const best = await surest(detector, pyramid, aim)
    if (best === undefined || best.score < SURE) return undefined
    const turned = Math.abs(Math.atan2(Math.sin(best.angle - aim.angle), Math.cos(best.angle - aim.angle)))
    if (turned <= UPRIGHT) return best
    aim = best
  }
  return undefined
}

async function surest(
  detector: FaceDetector,
  pyramid: PicturePyramid,
  aim: Detection,
): Promise<Detection | undefined> {
  let best: Detection | undefined
  for (const turn of QUARTER_TURNS) {
    const { centreX, centreY, size, angle } = aim
    const region = { centreX, centreY, size: size * CLOSE_UP, angle: angle + turn }
    for (const seen of await detector.detect(pyramid, region)) {
      const same = distanceOf(seen, aim) <= aim.size / 2
      if (same && seen.score > (best?.score ?? 0)) best = seen
    }
    // Most of what is not a face is not seen again: three looks are saved.
    if (best === undefined) return undefined
  }
  return best
}
