import { BELIEVED, DETECTOR } from './contract.js'
import type { Region } from './region.js'

/** A place in a picture that looks like a face. */
export interface Detection {
  /** How sure the detector is, 0…1. */
  readonly score: number
  readonly centreX: number
  readonly centreY: number
  /** The longer side of the face, about from brows to chin, in pixels. */
  readonly size: number
  /** How far the eyes are tilted, clockwise as seen, in radians. */
  readonly angle: number
}

/** x and y of each anchor, 0…1 of the detector's input. */
export function detectorAnchors(): Float32Array {
  const points: number[] = []
  for (const { cells, anchors } of DETECTOR.grids) {
    for (let y = 0; y < cells; y++) {
      for (let x = 0; x < cells; x++) {
        for (let k = 0; k < anchors; k++) points.push((x + 0.5) / cells, (y + 0.5) / cells)
      }
    }
  }
  return Float32Array.from(points)
}

/** The sigmoid is at {@link BELIEVED} here. */
const LEAST_LOGIT = Math.log(BELIEVED / (1 - BELIEVED))

/**
 * What the detector found in a region, as places in the picture.
 *
 * @param boxes - The network's boxes, [anchors, 16].
 * @param scores - The network's scores, [anchors].
 * @param anchors - {@link detectorAnchors}.
 */
export function decodeDetections(
  boxes: Float32Array,
  scores: Float32Array,
  anchors: Float32Array,
  region: Region,
): Detection[] {
  const found: Detection[] = []
  const cosine = Math.cos(region.angle) * region.size
  const sine = Math.sin(region.angle) * region.size
  for (let i = 0; i < scores.length; i++) {
    if (scores[i]! < LEAST_LOGIT) continue
    const box = i * DETECTOR.boxLength
    const at = (k: number): number => boxes[box + k]! / DETECTOR.side
    // From the middle of the region, in its sides.
    const x = anchors[2 * i]! + at(0) - 0.5
    const y = anchors[2 * i + 1]! + at(1) - 0.5
    const { rightEye, leftEye } = DETECTOR
    found.push({
      score: 1 / (1 + Math.exp(-scores[i]!)),
      centreX: region.centreX + x * cosine - y * sine,
      centreY: region.centreY + x * sine + y * cosine,
      size: Math.max(at(2), at(3)) * region.size,
      angle: region.angle + Math.atan2(at(leftEye + 1) - at(rightEye + 1), at(leftEye) - at(rightEye)),
    })
  }
  return found
}

/** Share of the area of two squares together that they may have in common and still be two faces. */
const MOST_SHARED = 0.3

/** The surest detection of each face, surest first: neighbouring anchors and overlapping regions see the same face. */
export function strongestDetections(detections: readonly Detection[]): Detection[] {
  const kept: Detection[] = []
  for (const detection of [...detections].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => sharedArea(detection, other) <= MOST_SHARED)) kept.push(detection)
  }
  return kept
}

/** Distance of the middles of two, in pixels. */
export function distanceOf(a: Detection, b: Detection): number {
  return Math.hypot(a.centreX - b.centreX, a.centreY - b.centreY)
}

function sharedArea(a: Detection, b: Detection): number {
  const reach = (a.size + b.size) / 2
  const narrower = Math.min(a.size, b.size)
  const width = Math.min(narrower, Math.max(0, reach - Math.abs(a.centreX - b.centreX)))
  const height = Math.min(narrower, Math.max(0, reach - Math.abs(a.centreY - b.centreY)))
  const common = width * height
  return common / (a.size ** 2 + b.size ** 2 - common)
}
