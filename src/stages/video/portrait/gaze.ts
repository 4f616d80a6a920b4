import { BLENDSHAPE_INDEX } from '../../../pipeline/blendshapes.js'

/** How far the iris travels at a look of 1, in radii of the iris. */
export const GAZE_REACH = { across: 0.92, up: 0.62, down: 0.72 } as const

/** Channels that move an eye's iris towards the picture's right, left, top and bottom. */
interface GazeChannels {
  readonly right: number
  readonly left: number
  readonly up: number
  readonly down: number
}

/** Index 0 is the right eye, 1 the left, as in `EYES`. */
const CHANNELS: readonly GazeChannels[] = [
  {
    right: BLENDSHAPE_INDEX.eyeLookInRight,
    left: BLENDSHAPE_INDEX.eyeLookOutRight,
    up: BLENDSHAPE_INDEX.eyeLookUpRight,
    down: BLENDSHAPE_INDEX.eyeLookDownRight,
  },
  {
    right: BLENDSHAPE_INDEX.eyeLookOutLeft,
    left: BLENDSHAPE_INDEX.eyeLookInLeft,
    up: BLENDSHAPE_INDEX.eyeLookUpLeft,
    down: BLENDSHAPE_INDEX.eyeLookDownLeft,
  },
]

/** How far an eye's iris has moved to the picture's right, in radii of the iris, before the head's roll. */
export function gazeAcross(weights: Float32Array, eye: number): number {
  const { right, left } = CHANNELS[eye]!
  return (weights[right]! - weights[left]!) * GAZE_REACH.across
}

/** How far an eye's iris has moved down, in radii of the iris, before the head's roll. */
export function gazeDown(weights: Float32Array, eye: number): number {
  const { up, down } = CHANNELS[eye]!
  return weights[down]! * GAZE_REACH.down - weights[up]! * GAZE_REACH.up
}
