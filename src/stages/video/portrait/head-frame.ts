import { smoothstep } from '../../../dsp/spline.js'
import { CHIN_TIP, FOREHEAD_TOP } from './topology.js'

/** Measures of a head in the picture, from its landmarks. */
export interface HeadFrame {
  /** Middle of the head, left to right. */
  readonly centreX: number
  readonly foreheadY: number
  readonly chinY: number
  /** From the top of the forehead to the chin. */
  readonly height: number
  readonly pivotX: number
  readonly pivotY: number
  /** z of the landmarks that becomes 0: the plane of the ears, around which the head turns. */
  readonly earZ: number
  /** z of the forehead relative to the ears: negative, in front of them. */
  readonly foreheadZ: number
}

/** @param landmarks 468 × (x, y, z) in pixels, z away from the viewer. */
export function headFrame(landmarks: ArrayLike<number>): HeadFrame {
  const earZ = (landmarks[234 * 3 + 2]! + landmarks[454 * 3 + 2]!) / 2
  const centreX = (landmarks[234 * 3]! + landmarks[454 * 3]!) / 2
  const foreheadY = landmarks[FOREHEAD_TOP * 3 + 1]!
  const chinY = landmarks[CHIN_TIP * 3 + 1]!
  const height = chinY - foreheadY
  return {
    centreX,
    foreheadY,
    chinY,
    height,
    pivotX: centreX,
    pivotY: chinY + 0.1 * height,
    earZ,
    foreheadZ: landmarks[FOREHEAD_TOP * 3 + 2]! - earZ,
  }
}

/** How a point of a grid moves. */
export interface GridVertex {
  readonly z: number
  readonly headWeight: number
  readonly breathWeight: number
  readonly swayWeight: number
  /** The face lies over this point however the head turns. */
  readonly hidden: boolean
  /** Where the vertex is at rest, from where the texture shows it, in pixels. Default: there. */
  readonly shiftX?: number
  readonly shiftY?: number
  /** Face vertices in whose displacement it takes part. */
  readonly follows?: readonly { readonly leader: number; readonly weight: number }[]
}

/** The scene turns with the head around it, less and less towards shoulders and background. */
export function sceneVertex(frame: HeadFrame, x: number, y: number): GridVertex {
  const across = (x - frame.centreX) / (0.62 * frame.height)
  const above = Math.max(0, (frame.foreheadY + 0.4 * frame.height - y) / (0.8 * frame.height))
  const near = smoothstep(1.45, 1, Math.hypot(across, above))
  const body =
    smoothstep(1.25, 0.95, Math.abs(across) * 0.62) * smoothstep(-0.1, 0.9, (y - frame.chinY) / frame.height)
  const headWeight =
    near * smoothstep(frame.chinY + 0.42 * frame.height, frame.chinY - 0.02 * frame.height, y)
  const fromMiddle = (y - frame.foreheadY) / frame.height - 0.45
  const hidden = Math.hypot((x - frame.centreX) / (0.25 * frame.height), fromMiddle / 0.34) < 1
  return { z: 0, headWeight, breathWeight: Math.max(headWeight * 0.5, body), swayWeight: 0, hidden }
}

/** Front hair sits on the skull, follows it at the top and hangs more freely at its tips. */
export function hairVertex(frame: HeadFrame, x: number, y: number): GridVertex {
  const across = (x - frame.centreX) / (0.62 * frame.height)
  const down = (y - frame.foreheadY) / frame.height
  const skull = Math.max(0, 1 - across * across) * smoothstep(1, 0.35, down)
  const tip = smoothstep(0.45, 1.5, down)
  return {
    z: frame.foreheadZ * 1.06 * skull,
    headWeight: 1 - 0.92 * tip,
    breathWeight: 0.5 + 0.4 * tip,
    swayWeight: tip,
    hidden: false,
  }
}
