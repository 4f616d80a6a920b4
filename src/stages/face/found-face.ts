import { LANDMARK_COUNT } from './contract.js'

/** A rectangle in pixels of a picture; it may reach beyond the picture's edges. */
export interface FaceBox {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A face in a picture. */
export interface FoundFace {
  /**
   * 468 × (x, y, z) in pixels of the picture: x to the right and y down from its upper left corner, so that the middle
   * of the first pixel is at 0.5; z away from the viewer, on the scale of x, from about the middle of the head. The
   * order is that of MediaPipe's canonical face.
   */
  readonly landmarks: Float32Array<ArrayBuffer>
  /** What the landmarks span. */
  readonly box: FaceBox
  /** How sure the network is that this is a face, 0.5…1. */
  readonly presence: number
}

/** Puts a face together with its box. */
export function foundFace(landmarks: Float32Array<ArrayBuffer>, presence: number): FoundFace {
  let left = Infinity
  let right = -Infinity
  let top = Infinity
  let bottom = -Infinity
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const x = landmarks[i * 3]!
    const y = landmarks[i * 3 + 1]!
    if (x < left) left = x
    if (x > right) right = x
    if (y < top) top = y
    if (y > bottom) bottom = y
  }
  return { landmarks, presence, box: { left, top, width: right - left, height: bottom - top } }
}

/** Share of the smaller one's area that two boxes may have in common and still be two faces. */
const MOST_COVERED = 0.5

/** Each face once, largest first: of two that lie on one another, the larger one. */
export function separateFaces(faces: readonly FoundFace[]): FoundFace[] {
  const kept: FoundFace[] = []
  for (const face of [...faces].sort((a, b) => areaOf(b.box) - areaOf(a.box))) {
    if (kept.every((other) => common(face.box, other.box) <= MOST_COVERED * areaOf(face.box))) kept.push(face)
  }
  return kept
}

function areaOf({ width, height }: FaceBox): number {
  return width * height
}

function common(a: FaceBox, b: FaceBox): number {
  const width = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left)
  const height = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top)
  return Math.max(0, width) * Math.max(0, height)
}
