import { GaussianBlur } from '../../../../dsp/gaussian-blur.js'
import { PillowResizer } from '../../../../dsp/pillow-resize.js'
import { pixelView } from '../../../../dsp/pixel-view.js'
import { smoothstep } from '../../../../dsp/spline.js'
import type { MusetalkMode } from '../contract.js'
import type { Box, Square } from '../material/face-box.js'
import { CLASSES_SIZE } from './parser-input.js'
import type { MaskPlace } from './prepared-frame.js'

/** Share of the square, from its top, in which nothing is drawn. */
const UPPER_SHARE = 0.5
/** Width of the blur in sides of the square. */
const BLUR_SHARE = 0.1

/** Width of the fade at the box's edges in sides of the square: about what the box leaves below the chin. */
const FADE_SHARE = 0.025

/** How much of a drawn face shows, where it shows at all. */
export interface BlendMask {
  readonly place: MaskPlace
  /** 0–255 for each pixel of the place. */
  readonly values: Uint8Array<ArrayBuffer>
}

/**
 * The mask that a face is laid over its frame with: the jaw inside the box and below the square's middle, with a soft
 * edge. In `reference` the box cuts that edge off where the jaw comes near, as published; in `realtime` it fades out
 * before the box ends.
 *
 * @param jaw 512 × 512 over the square, 255 in the jaw
 */
export function blendMask(jaw: Uint8Array, box: Box, square: Square, mode: MusetalkMode): BlendMask {
  const mask = softMask(jaw, box, square)
  if (mode === 'realtime') fadeAtEdges(mask, box, square)
  return cutOut(mask, box, square)
}

/** The published mask, over the whole square. */
export function softMask(jaw: Uint8Array, box: Box, { left, top, side }: Square): Uint8Array {
  const scaled = new Uint8Array(side * side)
  const resizer = new PillowResizer(CLASSES_SIZE, CLASSES_SIZE, side, side, 1, 'bicubic')
  resizer.run(pixelView(jaw, CLASSES_SIZE, 1), pixelView(scaled, side, 1))
  const kept = new Uint8Array(side * side)
  const from = box.left - left
  const to = Math.min(side, box.right - left)
  for (
    let y = Math.max(box.top - top, Math.trunc(side * UPPER_SHARE));
    y < Math.min(side, box.bottom - top);
    y++
  ) {
    kept.set(scaled.subarray(y * side + from, y * side + to), y * side + from)
  }
  const view = pixelView(kept, side, 1)
  new GaussianBlur(side, side, 1, blurSize(side)).run(view, view)
  return kept
}

/** Lets a mask fade towards the box's sides and its lower edge. */
function fadeAtEdges(mask: Uint8Array, box: Box, { left, top, side }: Square): void {
  const fade = FADE_SHARE * side
  for (let y = box.top; y < Math.min(box.bottom, top + side); y++) {
    for (let x = box.left; x < Math.min(box.right, left + side); x++) {
      const edge = Math.min(x - box.left, box.right - 1 - x, box.bottom - 1 - y) + 0.5
      if (edge >= fade) continue
      const at = (y - top) * side + x - left
      mask[at] = Math.round(mask[at]! * smoothstep(0, fade, edge))
    }
  }
}

/** Odd, in pixels. */
function blurSize(side: number): number {
  return Math.trunc(Math.floor((BLUR_SHARE * side) / 2) * 2) + 1
}

/**
 * The part of a mask that does something: inside the box, for outside of it there is nothing to lay over the frame; and
 * without the rows and columns that are 0 throughout.
 */
function cutOut(mask: Uint8Array, box: Box, square: Square): BlendMask {
  const at = (x: number, y: number): number => mask[(y - square.top) * square.side + x - square.left] ?? 0
  let [left, top, right, bottom] = [box.right, box.bottom, box.left, box.top]
  for (let y = box.top; y < Math.min(box.bottom, square.top + square.side); y++) {
    for (let x = box.left; x < Math.min(box.right, square.left + square.side); x++) {
      if (at(x, y) === 0) continue
      left = Math.min(left, x)
      right = Math.max(right, x + 1)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y + 1)
    }
  }
  if (right <= left)
    return { place: { left: box.left, top: box.top, width: 0, height: 0 }, values: new Uint8Array() }
  const place = { left, top, width: right - left, height: bottom - top }
  const values = new Uint8Array(place.width * place.height)
  for (let y = 0; y < place.height; y++) {
    const start = (y + top - square.top) * square.side + left - square.left
    values.set(mask.subarray(start, start + place.width), y * place.width)
  }
  return { place, values }
}
