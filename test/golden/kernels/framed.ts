import { pixelView, type Channels, type PixelView } from '../../../src/dsp/pixel-view.js'
import { noise } from './noise.js'

const [LEFT, RIGHT, TOP, BOTTOM] = [3, 2, 2, 1]

/** Lays a picture into a larger one of noise, so that a kernel shows whether it keeps to its view. */
export function framed(pixels: Uint8Array, width: number, height: number, channels: Channels): PixelView {
  const outerWidth = width + LEFT + RIGHT
  const data = noise(outerWidth * (height + TOP + BOTTOM) * channels, 1)
  const view = pixelView(data, outerWidth, channels, LEFT, TOP)
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width * channels, (y + 1) * width * channels)
    data.set(row, view.offset + y * view.stride)
  }
  return view
}

/**
 * Takes the picture out again.
 *
 * @throws Error when a byte around it has changed
 */
export function unframed(view: PixelView, width: number, height: number, channels: Channels): Uint8Array {
  const pixels = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    const start = view.offset + y * view.stride
    pixels.set(view.data.subarray(start, start + width * channels), y * width * channels)
  }
  const changed = framed(pixels, width, height, channels).data.findIndex((value, i) => value !== view.data[i])
  if (changed >= 0) throw new Error(`Byte ${changed}, outside of the view, was written`)
  return pixels
}
