import { LANDMARK, LANDMARK_COUNT, MESH } from './contract.js'
import type { Region } from './region.js'

/**
 * The mesh network's points as places in the picture.
 *
 * @param points - 468 × (x, y, z) in pixels of the network's input, x and y from its corner.
 * @param region - What the network was shown.
 * @returns 468 × (x, y, z) in pixels of the picture, x and y from its corner.
 */
export function placeLandmarks(points: Float32Array, region: Region): Float32Array<ArrayBuffer> {
  const placed = new Float32Array(LANDMARK_COUNT * 3)
  const scale = region.size / MESH.side
  const cosine = Math.cos(region.angle) * scale
  const sine = Math.sin(region.angle) * scale
  for (let at = 0; at < placed.length; at += 3) {
    const x = points[at]! - MESH.side / 2
    const y = points[at + 1]! - MESH.side / 2
    placed[at] = region.centreX + x * cosine - y * sine
    placed[at + 1] = region.centreY + x * sine + y * cosine
    placed[at + 2] = points[at + 2]! * scale
  }
  return placed
}

/** From cheek to cheek in pixels, measured through the head, so that turning it makes no difference. */
export function faceWidth(landmarks: Float32Array): number {
  const right = LANDMARK.rightCheek * 3
  const left = LANDMARK.leftCheek * 3
  return Math.hypot(
    landmarks[left]! - landmarks[right]!,
    landmarks[left + 1]! - landmarks[right + 1]!,
    landmarks[left + 2]! - landmarks[right + 2]!,
  )
}
