import { InputError } from '../../errors.js'
import type { FoundFace } from './found-face.js'
import { faceWidth } from './landmarks.js'
import { headPose, type HeadPose } from './pose.js'

/** The face that an avatar is made of. */
export interface ChosenFace {
  readonly face: FoundFace
  readonly pose: HeadPose
  /** How many more faces were found. */
  readonly others: number
}

export interface PictureSize {
  readonly width: number
  readonly height: number
}

/** Pixels from cheek to cheek: with fewer, lips and lids are a handful of pixels, and the mesh begins to waver. */
const LEAST_WIDTH = 64
/**
 * Degrees. Beyond these the far half of the face is hidden; in a full profile the mesh still says 46° of yaw, so that
 * it is told apart from a three-quarter view, which is up to 35°.
 */
const MOST_YAW = 40
const MOST_PITCH = 35
const MOST_ROLL = 60
/** How far the face may reach beyond the picture, in its own widths: some forehead may be missing. */
const MOST_ABOVE = 0.2
const MOST_BESIDE = 0.1

/**
 * Chooses the face that an avatar is made of: the largest.
 *
 * @param faces - What `findFaces` gave: largest first.
 * @param name - What the picture is called in messages.
 * @throws InputError when there is no face, or the largest is too small, turned too far or cut off; it says what was
 * seen and what would be right.
 */
export function chooseFace(faces: readonly FoundFace[], name: string, picture: PictureSize): ChosenFace {
  const [face, ...others] = faces
  const subject = others.length === 0 ? 'The face' : `The largest of ${faces.length} faces`
  if (face === undefined) {
    throw new InputError(
      `No face was found in ${name} (${picture.width} × ${picture.height} pixels). ` +
        `A picture is expected that shows a face from the front, at least ${LEAST_WIDTH} pixels wide and well lit.`,
    )
  }
  const width = Math.round(faceWidth(face.landmarks))
  if (width < LEAST_WIDTH) {
    throw new InputError(
      `${subject} in ${name} is ${width} pixels wide, from cheek to cheek; at least ${LEAST_WIDTH} are needed. ` +
        'Use a picture of higher resolution, or one taken from nearer.',
    )
  }
  const pose = headPose(face.landmarks)
  const turn = turnedTooFar(pose)
  if (turn !== undefined) throw new InputError(`${subject} in ${name} ${turn}`)
  const side = cutOff(face, picture)
  if (side !== undefined) {
    throw new InputError(
      `${subject} in ${name} is cut off by the ${side} edge of the picture; ` +
        'the whole face from forehead to chin must be in it.',
    )
  }
  return { face, pose, others: others.length }
}

function turnedTooFar({ yaw, pitch, roll }: HeadPose): string | undefined {
  const [across, down, tilt] = [yaw, pitch, roll].map((radians) => Math.round((radians * 180) / Math.PI))
  // The tilt comes first: what lies on its side can be turned upright, and the other two are seen as well then.
  if (Math.abs(tilt!) > MOST_ROLL) {
    return (
      `is tilted by ${Math.abs(tilt!)}° ${tilt! > 0 ? 'clockwise' : 'anticlockwise'}; ` +
      `up to ${MOST_ROLL}° works. Turn the picture upright.`
    )
  }
  if (Math.abs(across!) > MOST_YAW) {
    return (
      `is turned ${Math.abs(across!)}° to the ${across! > 0 ? 'right' : 'left'} of the picture or more; ` +
      `up to ${MOST_YAW}° works. Use a picture in which both eyes and cheeks are seen.`
    )
  }
  if (Math.abs(down!) > MOST_PITCH) {
    return (
      `looks ${Math.abs(down!)}° ${down! > 0 ? 'down' : 'up'}; up to ${MOST_PITCH}° works. ` +
      'Use a picture taken from the height of the face.'
    )
  }
  return undefined
}

function cutOff({ box }: FoundFace, picture: PictureSize): string | undefined {
  const beside = MOST_BESIDE * box.width
  if (-box.left > beside) return 'left'
  if (box.left + box.width - picture.width > beside) return 'right'
  if (-box.top > MOST_ABOVE * box.width) return 'upper'
  if (box.top + box.height - picture.height > beside) return 'lower'
  return undefined
}
