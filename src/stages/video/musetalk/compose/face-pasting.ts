import { LinearResizer } from '../../../../dsp/opencv-linear-resize.js'
import { paste } from '../../../../dsp/paste.js'
import { pixelView } from '../../../../dsp/pixel-view.js'
import { FACE_SIZE } from '../contract.js'
import type { Box } from '../material/face-box.js'
import type { MaskPlace } from '../prepare/prepared-frame.js'

/** Sizes of boxes that are kept ready: the boxes of a film differ by a few pixels. */
const KEPT_SIZES = 48

/** Where a face belongs in a frame. */
export interface FacePlace {
  readonly box: Box
  readonly maskPlace: MaskPlace
  /** 0–255 for each pixel of `maskPlace`; may be longer. */
  readonly mask: Uint8Array
}

/**
 * Lays drawn faces over frames. Holds its work space, so that a face of a size that was had before allocates nothing;
 * not for concurrent use.
 */
export class FacePasting {
  /** In the order of their last use. */
  readonly #resizers = new Map<number, LinearResizer>()
  readonly #face: Uint8Array
  readonly #mask: Uint8Array

  /** @param capacity Pixels of the largest box that will come. */
  constructor(capacity: number) {
    this.#face = new Uint8Array(capacity * 3)
    this.#mask = new Uint8Array(capacity)
  }

  /**
   * @param frame RGB pixels, changed where they lie
   * @param width pixels in a row of it
   * @param face 256 × 256 RGB
   * @param mix how much of the face is shown where its mask shows all of it, 0–1
   */
  paste(
    frame: Uint8Array,
    width: number,
    face: Uint8Array,
    { box, maskPlace, mask }: FacePlace,
    mix: number,
  ): void {
    const { left, top, width: columns, height: rows } = maskPlace
    if (columns === 0 || mix <= 0) return
    const boxWidth = box.right - box.left
    const firstRow = top - box.top
    this.#resizer(boxWidth, box.bottom - box.top).run(
      pixelView(face, FACE_SIZE, 3),
      pixelView(this.#face, boxWidth, 3),
      firstRow,
      firstRow + rows,
    )
    paste(
      pixelView(frame, width, 3, left, top),
      pixelView(this.#face, boxWidth, 3, left - box.left, firstRow),
      pixelView(mix < 1 ? this.#fainter(mask, columns * rows, mix) : mask, columns, 1),
      columns,
      rows,
      3,
    )
  }

  #fainter(mask: Uint8Array, length: number, mix: number): Uint8Array {
    for (let i = 0; i < length; i++) this.#mask[i] = mask[i]! * mix + 0.5
    return this.#mask
  }

  #resizer(width: number, height: number): LinearResizer {
    const key = width * 65_536 + height
    const kept = this.#resizers.get(key) ?? new LinearResizer(FACE_SIZE, FACE_SIZE, width, height, 3)
    this.#resizers.delete(key)
    this.#resizers.set(key, kept)
    if (this.#resizers.size > KEPT_SIZES) this.#resizers.delete(this.#resizers.keys().next().value!)
    return kept
  }
}
