import { ModelLoadError } from '../../../../errors.js'
import type { Palette } from '../rig.js'
import { FACE_VERTEX_COUNT } from '../topology.js'
import type { CalmFrame } from './lip-patch.js'

/** Frames on disk. */
export interface FootageFrames {
  /** Path of each frame's JPEG, in order. */
  readonly files: readonly string[]
  /** Size of every frame in pixels. */
  readonly width: number
  readonly height: number
}

/** A filmed person, prepared to speak. */
export interface Footage extends FootageFrames {
  /** Frames a second; constant. */
  readonly fps: number
  /** 468 × (x, y, z) in pixels for each frame, smoothed in time; z grows away from the viewer. */
  readonly landmarks: Float32Array
  /** How far down the upper edge of the animated region is moved, in pixels. */
  readonly bboxShift: number
  readonly palette: Palette
  /** A frame in which the lips are closed, if there is one. */
  readonly calm?: CalmFrame
}

/** @throws ModelLoadError naming what of the footage does not fit together. */
export function checkFootage({ files, width, height, fps, landmarks }: Footage): void {
  if (files.length === 0) throw new ModelLoadError('The footage has no frame; at least one is needed.')
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ModelLoadError(
      `The footage's frames have ${width}x${height} pixels; whole numbers are expected.`,
    )
  }
  if (!(fps > 0 && Number.isFinite(fps))) {
    throw new ModelLoadError(`The footage has ${fps} frames a second; a positive number is expected.`)
  }
  const expected = files.length * FACE_VERTEX_COUNT * 3
  if (landmarks.length !== expected) {
    throw new ModelLoadError(
      `The footage has ${landmarks.length} landmark values; ${files.length} frames need ${expected}.`,
    )
  }
}
