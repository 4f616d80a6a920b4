import { LANDMARK, LANDMARK_COUNT } from './contract.js'

/** A square of a picture that may be turned: what a network is shown. Pixels, x to the right, y down. */
export interface Region {
  readonly centreX: number
  readonly centreY: number
  /** Length of a side. */
  readonly size: number
  /** Clockwise as seen, in radians: how far its own x axis is turned against that of the picture. */
  readonly angle: number
}

/** How much larger than the face the mesh network wants its region: as in MediaPipe's face landmark graph. */
const MARGIN = 1.5

/** The region that the mesh network wants for a face whose middle, size and tilt are roughly known. */
export function regionAround(centreX: number, centreY: number, size: number, angle: number): Region {
  return { centreX, centreY, size: size * MARGIN, angle }
}

/**
 * The region that the mesh network wants for a face whose landmarks are known: upright with the eyes, centred on the
 * landmarks.
 */
export function regionOfLandmarks(landmarks: Float32Array): Region {
  const right = LANDMARK.rightEyeOuterCorner * 3
  const left = LANDMARK.leftEyeOuterCorner * 3
  const angle = Math.atan2(landmarks[left + 1]! - landmarks[right + 1]!, landmarks[left]! - landmarks[right]!)
  const cosine = Math.cos(angle)
  const sine = Math.sin(angle)
  let least = Infinity
  let most = -Infinity
  let top = Infinity
  let bottom = -Infinity
  for (let i = 0; i < LANDMARK_COUNT; i++) {
    const x = landmarks[i * 3]!
    const y = landmarks[i * 3 + 1]!
    const across = x * cosine + y * sine
    const down = y * cosine - x * sine
    if (across < least) least = across
    if (across > most) most = across
    if (down < top) top = down
    if (down > bottom) bottom = down
  }
  const across = (least + most) / 2
  const down = (top + bottom) / 2
  const size = Math.max(most - least, bottom - top)
  return regionAround(across * cosine - down * sine, across * sine + down * cosine, size, angle)
}
