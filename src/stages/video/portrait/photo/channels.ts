import type { Picture } from '../../../../dsp/raster.js'
import type { Cut } from './outline-mask.js'

/** Red, green and blue of a piece of a picture, 0–255, row by row. */
export type Channels = readonly [Float32Array, Float32Array, Float32Array]

/** Takes a piece of an opaque picture apart. */
export function channelsOf(picture: Picture, { left, top, width, height }: Cut): Channels {
  const channel = (shift: number): Float32Array =>
    Float32Array.from({ length: width * height }, (_, i) => {
      const at = (top + Math.floor(i / width)) * picture.width + left + (i % width)
      return (picture.pixels[at]! >>> shift) & 255
    })
  return [channel(0), channel(8), channel(16)]
}

/** Brightness by Rec. 601. */
export function luminanceOf([red, green, blue]: Channels): Float32Array {
  return red.map((value, i) => 0.299 * value + 0.587 * green[i]! + 0.114 * blue[i]!)
}

/** One packed pixel with premultiplied alpha. */
export function packPixel([red, green, blue]: Channels, at: number, alpha: number): number {
  const byte = (value: number): number => Math.min(255, Math.max(0, Math.round(value * alpha)))
  return (
    ((Math.round(alpha * 255) << 24) | (byte(blue[at]!) << 16) | (byte(green[at]!) << 8) | byte(red[at]!)) >>>
    0
  )
}
