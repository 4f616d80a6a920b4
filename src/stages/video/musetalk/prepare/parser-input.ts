import { PillowResizer } from '../../../../dsp/pillow-resize.js'
import { pixelView } from '../../../../dsp/pixel-view.js'
import type { RgbPicture } from '../../../../media/rgb-picture.js'
import type { Square } from '../material/face-box.js'

/** Width and height of what the parser of faces sees, and of the classes that it tells. */
export const CLASSES_SIZE = 512

/** Mean and deviation of ImageNet's red, green and blue. */
const MEAN = [0.485, 0.456, 0.406] as const
const DEVIATION = [0.229, 0.224, 0.225] as const

/** Byte → value of a channel, each step in single precision as PyTorch takes it. */
const NORMALISED = MEAN.map((mean, channel) =>
  Float32Array.from({ length: 256 }, (_, byte) => {
    const centred = Math.fround(Math.fround(byte / 255) - Math.fround(mean))
    return centred / Math.fround(DEVIATION[channel]!)
  }),
)

/** The square of a frame as the parser takes it: 3 × 512 × 512. */
export function parserInput(frame: RgbPicture, square: Square): Float32Array {
  const picture = parserPicture(frame, square)
  const plane = CLASSES_SIZE * CLASSES_SIZE
  const out = new Float32Array(3 * plane)
  for (let c = 0; c < 3; c++) {
    const values = NORMALISED[c]!
    for (let i = 0; i < plane; i++) out[c * plane + i] = values[picture[i * 3 + c]!]!
  }
  return out
}

/** The square of a frame as 512 × 512 RGB. What lies outside of the frame is black. */
export function parserPicture(frame: RgbPicture, square: Square): Uint8Array {
  const { side } = square
  const picture = new Uint8Array(CLASSES_SIZE * CLASSES_SIZE * 3)
  const resizer = new PillowResizer(side, side, CLASSES_SIZE, CLASSES_SIZE, 3, 'bilinear')
  resizer.run(pixelView(cutSquare(frame, square), side, 3), pixelView(picture, CLASSES_SIZE, 3))
  return picture
}

/** The square's pixels, black where it leaves the frame. */
function cutSquare({ rgb, width, height }: RgbPicture, { left, top, side }: Square): Uint8Array {
  const out = new Uint8Array(side * side * 3)
  const from = Math.max(0, left)
  const to = Math.min(width, left + side)
  if (from >= to) return out
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    out.set(rgb.subarray((y * width + from) * 3, (y * width + to) * 3), ((y - top) * side + from - left) * 3)
  }
  return out
}
