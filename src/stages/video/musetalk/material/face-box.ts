import { FACE_SIZE, type MusetalkMode } from '../contract.js'
import { IBUG_COUNT, IBUG_NOSE_BRIDGE } from './landmarks-68.js'

/** A rectangle of a frame in whole pixels: columns `left` … `right` − 1, rows `top` … `bottom` − 1. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface FaceBoxOptions {
  readonly mode: MusetalkMode
  /** Size of the frame. */
  readonly width: number
  readonly height: number
  /** How far down the middle of the box is moved, in pixels of the frame. Not in `reference`: version 1.5 ignores it. */
  readonly bboxShift: number
  /** What is taken below the chin: pixels of the frame in `reference`, in `realtime` of a face 256 pixels high. */
  readonly extraMargin: number
}

/** A box with a side below this, in pixels, is none. */
const SMALLEST = 8

/**
 * The part of a frame that MuseTalk draws anew: as wide as the face, down to a little below the chin, and as far above
 * the bridge of the nose as the chin is below it. The bridge so lies in the middle, where the model is used to have it.
 *
 * `reference` computes as the published preparation does, with landmarks that are cut to whole pixels. `realtime`
 * rounds once, at the end, and its margin grows with the face, so that a person looks the same in a larger picture.
 * Unlike the published one, both keep the box inside the frame, where that one asks another detector.
 *
 * @param points 68 × (x, y) in pixels of the frame
 * @returns Undefined when hardly anything of the face is in the frame.
 */
export function faceBox(points: ArrayLike<number>, options: FaceBoxOptions): Box | undefined {
  const { mode, width, height, bboxShift, extraMargin } = options
  const isReference = mode === 'reference'
  const snap = isReference ? Math.trunc : Math.round
  const at = (i: number): number => (isReference ? Math.trunc(points[i]!) : points[i]!)
  let [left, right, chin] = [Infinity, -Infinity, -Infinity]
  for (let point = 0; point < IBUG_COUNT; point++) {
    left = Math.min(left, at(point * 2))
    right = Math.max(right, at(point * 2))
    chin = Math.max(chin, at(point * 2 + 1))
  }
  const middle = at(IBUG_NOSE_BRIDGE * 2 + 1) + (isReference ? 0 : bboxShift)
  const top = 2 * middle - chin
  const margin = isReference ? extraMargin : (extraMargin * (chin - top)) / FACE_SIZE
  const box = {
    left: Math.max(0, snap(left)),
    top: Math.max(0, snap(top)),
    right: Math.min(width, snap(right)),
    bottom: Math.min(height, snap(chin + margin)),
  }
  // The lower half is what is drawn anew: of it there has to be something.
  const drawn = box.bottom - Math.max(box.top, middle)
  return box.right - box.left >= SMALLEST && drawn >= SMALLEST ? box : undefined
}

/** A square of whole pixels. May reach beyond the frame. */
export interface Square {
  readonly left: number
  readonly top: number
  /** Even. */
  readonly side: number
}

/** Size of the square in sizes of the face's box. */
const EXPANSION = 1.5

/** The square around a face in which it is told what belongs to its jaw. */
export function surroundingSquare({ left, top, right, bottom }: Box): Square {
  const half = Math.trunc(Math.floor(Math.max(right - left, bottom - top) / 2) * EXPANSION)
  return {
    left: Math.floor((left + right) / 2) - half,
    top: Math.floor((top + bottom) / 2) - half,
    side: 2 * half,
  }
}
