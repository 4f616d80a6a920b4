import type { Similarity } from '../../../../dsp/mesh-similarity.js'
import { CHIN_TIP, FACE_VERTEX_COUNT, FOREHEAD_TOP, LOWER_SEAM, UPPER_SEAM } from '../topology.js'
import type { HeadFits } from './head-fits.js'

const FACE_VALUES = FACE_VERTEX_COUNT * 3
/** The share of the frames with the least opening between the lips that tell how the face looks when it is calm. */
const CALM_SHARE = 0.2
/** More calm frames than this tell nothing new. */
const MOST_CALM = 48
/** The place of a talking frame among all, from the most closed to the widest open one. */
const OPEN_PLACE = 0.9
/** Outer corners of the eyes: their distance is the measure that speech does not change. */
const EYE_CORNERS = [33, 263] as const

/** Frames in which the lips are nearest to each other, ascending, at least one. */
export function calmFrames(landmarks: Float32Array): number[] {
  const frames = framesByOpening(landmarks)
  const calm = frames.slice(0, Math.max(1, Math.floor(frames.length * CALM_SHARE)))
  const step = Math.max(1, calm.length / MOST_CALM)
  const chosen = Math.min(calm.length, MOST_CALM)
  return Array.from({ length: chosen }, (_, k) => calm[Math.floor(k * step)]!).sort((a, b) => a - b)
}

/**
 * The person's face at rest: the median of every vertex over the calm frames, in the head's own frame. One frame in
 * which the tracker slipped, or the person chewed, leaves no trace.
 *
 * @returns 468 × (x, y, z) in centimetres, with the axes of {@link headVertices}.
 */
export function neutralFace(landmarks: Float32Array, fits: HeadFits): Float64Array {
  const frames = calmFrames(landmarks)
  const faces = frames.map((frame) => inHeadFrame(landmarks, frame, fits.of(frame)))
  const values = new Float64Array(frames.length)
  return Float64Array.from({ length: FACE_VALUES }, (_, i) => {
    for (let k = 0; k < faces.length; k++) values[k] = faces[k]![i]!
    values.sort()
    return (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2
  })
}

/** The frame with the least opening between the lips, and how open they are there, in distances between the eyes. */
export function calmestFrame(landmarks: Float32Array): { readonly frame: number; readonly opening: number } {
  const frame = framesByOpening(landmarks)[0]!
  return { frame, opening: lipOpening(landmarks, frame) }
}

/** A frame in which the mouth is as open as it is now and then: it shows the teeth, if any frame does. */
export function openFrame(landmarks: Float32Array): number {
  const frames = framesByOpening(landmarks)
  return frames[Math.floor((frames.length - 1) * OPEN_PLACE)]!
}

/** All frames, those with the least opening between the lips first. */
function framesByOpening(landmarks: Float32Array): number[] {
  const count = landmarks.length / FACE_VALUES
  const openings = Float64Array.from({ length: count }, (_, frame) => lipOpening(landmarks, frame))
  return Array.from({ length: count }, (_, frame) => frame).sort(
    (a, b) => openings[a]! - openings[b]! || a - b,
  )
}

/** How far the seams of the lips are apart at each of their vertices, in centimetres; negative where they cross. */
export function seamGaps(face: Float64Array): number[] {
  return UPPER_SEAM.map((upper, k) => face[LOWER_SEAM[k]! * 3 + 1]! - face[upper * 3 + 1]!)
}

/**
 * Lets the seams of closed lips run through the same points, in place: seams that only cross leave slits at the
 * corners of the mouth, where they are steep.
 */
export function joinSeams(neutral: Float64Array): void {
  UPPER_SEAM.forEach((upper, k) => {
    for (let axis = 0; axis < 3; axis++) {
      const a = upper * 3 + axis
      const b = LOWER_SEAM[k]! * 3 + axis
      neutral[a] = neutral[b] = (neutral[a]! + neutral[b]!) / 2
    }
  })
}

/**
 * How far the seams of the lips are apart along the face, on average, as a share of the distance between the eyes'
 * outer corners, some 9 cm.
 */
function lipOpening(landmarks: Float32Array, frame: number): number {
  const base = frame * FACE_VALUES
  const top = base + FOREHEAD_TOP * 3
  const chin = base + CHIN_TIP * 3
  const length = distance(landmarks, top, chin)
  let sum = 0
  for (let k = 1; k < UPPER_SEAM.length - 1; k++) {
    const upper = base + UPPER_SEAM[k]! * 3
    const lower = base + LOWER_SEAM[k]! * 3
    let apart = 0
    for (let axis = 0; axis < 3; axis++) {
      const down = (landmarks[chin + axis]! - landmarks[top + axis]!) / length
      apart += (landmarks[lower + axis]! - landmarks[upper + axis]!) * down
    }
    sum += Math.max(0, apart)
  }
  const [right, left] = EYE_CORNERS
  const measure = distance(landmarks, base + right * 3, base + left * 3)
  return sum / (UPPER_SEAM.length - 2) / measure
}

function distance(points: Float32Array, a: number, b: number): number {
  return Math.hypot(points[a]! - points[b]!, points[a + 1]! - points[b + 1]!, points[a + 2]! - points[b + 2]!)
}

function inHeadFrame(
  landmarks: Float32Array,
  frame: number,
  { scale, rotation, translation }: Similarity,
): Float64Array {
  const base = frame * FACE_VALUES
  const out = new Float64Array(FACE_VALUES)
  for (let i = 0; i < FACE_VALUES; i += 3) {
    const x = (landmarks[base + i]! - translation[0]) / scale
    const y = (landmarks[base + i + 1]! - translation[1]) / scale
    const z = (landmarks[base + i + 2]! - translation[2]) / scale
    for (let axis = 0; axis < 3; axis++) {
      out[i + axis] = rotation[axis]! * x + rotation[3 + axis]! * y + rotation[6 + axis]! * z
    }
  }
  return out
}
