import type { FaceBox } from '../../face/found-face.js'
import { portraitCrop, type SquareCrop } from '../../video/portrait/photo/crop.js'
import type { FilmSettings } from '../film.js'

/** A face in a picture, in pixels of the picture. */
export interface PicturedFace {
  readonly width: number
  readonly height: number
  readonly box: FaceBox
  /** 468 × (x, y, z). */
  readonly landmarks: ArrayLike<number>
}

/** How a picture becomes a film's frame. */
export interface Framing {
  /** The part of the picture that the film shows, in whole pixels of the picture. */
  readonly shown: FaceBox
  /** Size of the film's frames in pixels; even. */
  readonly width: number
  readonly height: number
  /** The square of the picture that moves. It may reach beyond what is shown. */
  readonly square: SquareCrop
  /** That square's side and upper left corner in the film. */
  readonly size: number
  readonly left: number
  readonly top: number
}

/** The longer side of a film ends here, whatever the shorter one was to be: few players show more. */
const LONGEST_SIDE = 4096
/** Side of the largest square that is drawn: it takes a worker about 300 MB. */
const LARGEST_SQUARE = 2048

/**
 * Frames a film: the whole picture, or a square around the face, so that the shorter side has `minResolution` pixels
 * and the picture keeps its shape. What moves is the square around the head, drawn at the size that it has there.
 */
export function frameFilm(
  face: PicturedFace,
  { crop, expandRatio, minResolution }: Pick<FilmSettings, 'crop' | 'expandRatio' | 'minResolution'>,
): Framing {
  const whole = { left: 0, top: 0, width: face.width, height: face.height }
  const shown = crop ? cropAround(face, expandRatio) : whole
  const shorter = Math.min(shown.width, shown.height)
  const longer = Math.max(shown.width, shown.height)
  const scale = Math.min(minResolution / shorter, LONGEST_SIDE / longer)
  const generous = squareWithin(whole, face.landmarks)
  // A close crop of a small face, enlarged, can make the head's square much larger than the film.
  const square = generous.side * scale <= LARGEST_SQUARE ? generous : squareWithin(shown, face.landmarks)
  const size = Math.round(square.side * scale)
  const place = (start: number): number => Math.round((start + square.side / 2) * scale - size / 2)
  return {
    shown,
    width: even(shown.width * scale),
    height: even(shown.height * scale),
    square,
    size,
    left: place(square.left - shown.left),
    top: place(square.top - shown.top),
  }
}

/**
 * DICE-Talk's crop: the face's box with `expandRatio` of its size added on each side, as far as the picture reaches,
 * made square by shortening the longer side around the face's middle.
 */
export function cropAround(
  { width, height, box }: Pick<PicturedFace, 'width' | 'height' | 'box'>,
  expandRatio: number,
): FaceBox {
  const across = expanded(box.left, box.width, expandRatio, width)
  const down = expanded(box.top, box.height, expandRatio, height)
  const side = Math.max(2, Math.round(Math.min(across.end - across.start, down.end - down.start)))
  return {
    left: slide(box.left + box.width / 2, side, across, width),
    top: slide(box.top + box.height / 2, side, down, height),
    width: side,
    height: side,
  }
}

interface Span {
  readonly start: number
  readonly end: number
}

function expanded(start: number, length: number, ratio: number, limit: number): Span {
  return {
    start: Math.max(0, start - ratio * length),
    end: Math.min(limit, start + length + ratio * length),
  }
}

/** Where `side` pixels around a middle begin that lie within a span, and within the picture when rounded. */
function slide(middle: number, side: number, { start, end }: Span, limit: number): number {
  const wanted = Math.max(start, Math.min(middle - side / 2, end - side))
  return Math.max(0, Math.min(Math.round(wanted), limit - side))
}

/** The portrait's square within a part of the picture. */
function squareWithin({ left, top, width, height }: FaceBox, landmarks: ArrayLike<number>): SquareCrop {
  const origin = [left, top, 0] as const
  const moved = Array.from(landmarks, (value, i) => value - origin[(i % 3) as 0 | 1 | 2])
  const square = portraitCrop(moved, width, height)
  return { left: left + square.left, top: top + square.top, side: square.side }
}

/** H.264 has half as many colour samples each way; the writer wants 16 pixels at least. */
function even(pixels: number): number {
  return Math.max(16, 2 * Math.round(pixels / 2))
}
