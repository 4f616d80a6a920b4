import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, ModelLoadError } from '../../../../errors.js'
import { sharp, toRgb } from '../../../../media/sharp.js'
import { BLENDSHAPE_COUNT } from '../../../../pipeline/blendshapes.js'
import { frameFile, LANDMARKS_FILE, PICTURE_FILE } from '../../../avatar/files.js'
import { landmarksFromBytes } from '../../../avatar/landmark-bytes.js'
import { LANDMARK_VALUES } from '../../../avatar/manifest.js'
import { loadAvatarRig } from '../../portrait/avatar.js'
import { FrameReader } from '../../portrait/footage/frame-reader.js'
import { PortraitRenderer } from '../../portrait/renderer.js'
import type { MaterialSource } from '../material/source.js'

/** The frames that faces will be laid over. */
export interface BaseFrames {
  readonly count: number
  readonly fps: number
  readonly width: number
  readonly height: number
  /** How far down the animated region is moved, in pixels of the frames. */
  readonly bboxShift: number
  /** 468 × (x, y, z) a frame, in pixels of the frames, whose first pixel has its middle at 0.5. */
  readonly landmarks: Float32Array
  /** Whether the frames are those of a film, and so on disk. */
  readonly isFilm: boolean
  /** @returns RGB pixels, not to be changed. */
  read(index: number): Promise<Uint8Array>
}

/** Of faces that are not filmed: their one frame lasts as long as any. */
const STILL_FPS = 25

/**
 * Opens the frames of a face. A film has its own; of a photo and of the built-in face there is one.
 *
 * @throws ModelLoadError naming the file that is missing or damaged.
 */
export async function openBaseFrames(source: MaterialSource): Promise<BaseFrames> {
  switch (source.kind) {
    case 'built-in':
      return builtInFrame(source)
    case 'portrait':
      return portraitFrame(source)
    case 'video':
      return filmedFrames(source)
  }
}

async function filmedFrames(source: MaterialSource & { kind: 'video' }): Promise<BaseFrames> {
  const { content, count, fps, width, height, bboxShift } = source
  const files = Array.from({ length: count }, (_, index) => join(content, frameFile(index)))
  const reader = new FrameReader({ files, width, height })
  const landmarks = await readLandmarks(content, count)
  return {
    ...{ count, fps, width, height, bboxShift, landmarks, isFilm: true },
    read: (index) => {
      const frame = reader.read(index)
      if (index + 1 < count) reader.prepare(index + 1)
      return frame
    },
  }
}

async function portraitFrame(source: MaterialSource & { kind: 'portrait' }): Promise<BaseFrames> {
  const { content, side, size, bboxShift } = source
  const path = join(content, PICTURE_FILE)
  const scale = size / side
  const landmarks = (await readLandmarks(content, 1)).map((value) => value * scale)
  try {
    const image = sharp(path).resize(size, size, { fit: 'fill', kernel: 'lanczos3' })
    const { rgb } = await toRgb(image.removeAlpha())
    return stillFrame(rgb, size, landmarks, bboxShift * scale)
  } catch (error) {
    throw new ModelLoadError(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

async function builtInFrame({ size }: MaterialSource & { kind: 'built-in' }): Promise<BaseFrames> {
  const rig = await loadAvatarRig(size)
  const rgb = new Uint8Array(size * size * 3)
  new PortraitRenderer(rig).render(new Float32Array(BLENDSHAPE_COUNT), [0, 0, 0], 0, rgb)
  // Drawn, pixels have whole coordinates.
  const face = rig.rest.slice(0, LANDMARK_VALUES)
  return stillFrame(
    rgb,
    size,
    face.map((value, i) => (i % 3 === 2 ? value : value + 0.5)),
    0,
  )
}

function stillFrame(rgb: Uint8Array, size: number, landmarks: Float32Array, bboxShift: number): BaseFrames {
  return {
    ...{ count: 1, fps: STILL_FPS, width: size, height: size, bboxShift, landmarks, isFilm: false },
    read: () => Promise.resolve(rgb),
  }
}

async function readLandmarks(content: string, count: number): Promise<Float32Array> {
  const path = join(content, LANDMARKS_FILE)
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new ModelLoadError(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  const landmarks = landmarksFromBytes(bytes)
  if (landmarks.length === count * LANDMARK_VALUES) return landmarks
  throw new ModelLoadError(
    `${path} has ${bytes.length} bytes, which are not of ${count} frames; create the avatar again.`,
  )
}
