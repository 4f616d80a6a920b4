import type { Picture } from '../../../../dsp/raster.js'
import type { StoredVideo } from '../../../avatar/read.js'
import type { CanonicalFace } from '../canonical.js'
import { paletteOf } from '../photo/palette.js'
import { PhotoPlace } from '../photo/photo-place.js'
import type { Palette } from '../rig.js'
import { FACE_VERTEX_COUNT } from '../topology.js'
import { faceRegion } from './face-region.js'
import type { Footage, FootageFrames } from './footage.js'
import { FrameReader } from './frame-reader.js'
import { HeadFits } from './head-fits.js'
import type { CalmFrame } from './lip-patch.js'
import { calmestFrame, openFrame } from './neutral-face.js'
import { FootagePainter } from './painter.js'

const FACE_VALUES = FACE_VERTEX_COUNT * 3
/**
 * Lips nearer to each other than this share of the distance between the eyes are closed: trackers see closed lips up
 * to three millimetres apart.
 */
const CLOSED = 0.04

/**
 * Makes the painter of a video avatar.
 *
 * @param face The canonical face.
 * @throws ModelLoadError naming the file that is missing or damaged.
 */
export async function loadFootage(face: CanonicalFace, avatar: StoredVideo): Promise<FootagePainter> {
  const { manifest, frames: files } = avatar
  // Stored, the middle of the first pixel is at 0.5; drawn, pixels have whole coordinates.
  const landmarks = avatar.landmarks.map((value, i) => (i % 3 === 2 ? value : value - 0.5))
  const { width, height, bboxShift } = manifest
  const frames = { files, width, height }
  const { fps } = manifest.frames
  const look = await readLook(face, frames, landmarks)
  return new FootagePainter(face, { ...frames, fps, landmarks, bboxShift, ...look })
}

/** The person's colours; the teeth as they are seen in speech, where that is bright enough to be teeth. */
async function readLook(
  face: CanonicalFace,
  frames: FootageFrames,
  landmarks: Float32Array,
): Promise<Pick<Footage, 'palette' | 'calm'>> {
  const reader = new FrameReader(frames)
  const fits = new HeadFits(face, landmarks, faceRegion(face).skull)
  const lookAt = async (index: number): Promise<CalmFrame & { readonly palette: Palette }> => {
    const seen = landmarks.subarray(index * FACE_VALUES, (index + 1) * FACE_VALUES)
    const { scale } = fits.of(index)
    const picture = pack(await reader.read(index), frames)
    return { picture, landmarks: seen, scale, palette: paletteOf(picture, new PhotoPlace(seen, 1, scale)) }
  }
  const { frame, opening } = calmestFrame(landmarks)
  const calm = await lookAt(frame)
  const { teeth } = (await lookAt(openFrame(landmarks))).palette
  const palette = teeth[1] > calm.palette.teeth[1] ? { ...calm.palette, teeth } : calm.palette
  return opening < CLOSED ? { palette, calm } : { palette }
}

function pack(rgb: Uint8Array, { width, height }: FootageFrames): Picture {
  const pixels = new Uint32Array(width * height)
  for (let i = 0, at = 0; i < pixels.length; i++, at += 3) {
    pixels[i] = 0xff000000 | (rgb[at + 2]! << 16) | (rgb[at + 1]! << 8) | rgb[at]!
  }
  return { pixels, width, height }
}
