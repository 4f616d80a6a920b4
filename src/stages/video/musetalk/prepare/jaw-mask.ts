import { Morphology } from '../../../../dsp/morphology.js'
import { pixelView } from '../../../../dsp/pixel-view.js'
import { ellipseElement, type StructuringElement } from '../../../../dsp/structuring-element.js'
import { CLASSES_SIZE } from './parser-input.js'

/** Classes of a parsed face that the jaw is told by; of the 19 there are, the rest stay as they are filmed. */
export const SKIN = 1
export const NOSE = 10
export const MOUTH: ReadonlySet<number> = new Set([11, 12, 13])

/** Columns in the middle that keep the grown skin; to both sides of them lie the cheeks, 90 columns each from there. */
const MIDDLE_FROM = 167
const MIDDLE_TO = 346

/**
 * How skin grows: far downwards no neighbour counts, so that it grows up to 16 pixels up, 10 to the sides and 6 down.
 * 33 × 33 around its middle: from row 10 on a triangle, from row 21 on a bar of 21.
 */
const GROWTH: StructuringElement = { width: 33, height: 33, mask: growthMask() }
/** What is taken off the cheeks, twice. */
const CHEEK_TRIM = ellipseElement(35, 3)

/** Tells the jaw of parsed faces. Holds its work space; not for concurrent use. */
export class JawMasker {
  readonly #growth = new Morphology(CLASSES_SIZE, CLASSES_SIZE, GROWTH)
  readonly #trim = new Morphology(CLASSES_SIZE, CLASSES_SIZE, CHEEK_TRIM)

  /**
   * Where a face may be drawn anew: its skin, grown a little and trimmed at the cheeks, and the mouth, but not the nose.
   *
   * @param classes 512 × 512, one a pixel
   * @returns 512 × 512, 255 where it may, else 0
   */
  mask(classes: Uint8Array): Uint8Array {
    const view = (data: Uint8Array) => pixelView(data, CLASSES_SIZE, 1)
    const grown = classes.map((kind) => (kind === SKIN ? 255 : 0))
    this.#growth.dilate(view(grown), view(grown))
    const trimmed = grown.slice()
    this.#trim.erode(view(trimmed), view(trimmed))
    this.#trim.erode(view(trimmed), view(trimmed))
    return classes.map((kind, i) => {
      const column = i % CLASSES_SIZE
      const region = column >= MIDDLE_FROM && column < MIDDLE_TO ? grown : trimmed
      return (region[i] === 255 && kind !== NOSE) || MOUTH.has(kind) ? 255 : 0
    })
  }
}

function growthMask(): Uint8Array {
  const side = 33
  const middle = 16
  const mask = new Uint8Array(side * side)
  for (let row = 10; row < side; row++) {
    const half = Math.min(10, row - 10)
    mask.fill(1, row * side + middle - half, row * side + middle + half + 1)
  }
  return mask
}
