import type { Picture } from './raster.js'

/**
 * Packs straight RGBA bytes into premultiplied pixels.
 *
 * @param rgba `width * height * 4` bytes, alpha not premultiplied.
 */
export function packPicture(rgba: Uint8Array, width: number, height: number): Picture {
  const pixels = new Uint32Array(width * height)
  for (let i = 0; i < pixels.length; i++) {
    const alpha = rgba[i * 4 + 3]!
    const red = Math.round((rgba[i * 4]! * alpha) / 255)
    const green = Math.round((rgba[i * 4 + 1]! * alpha) / 255)
    const blue = Math.round((rgba[i * 4 + 2]! * alpha) / 255)
    pixels[i] = ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0
  }
  return { pixels, width, height }
}

/** Writes the colour of every pixel as RGB bytes; alpha is left out. `out` holds `width * height * 3` bytes. */
export function unpackRgb(picture: Picture, out: Uint8Array): void {
  const { pixels } = picture
  for (let i = 0, o = 0; i < pixels.length; i++, o += 3) {
    const pixel = pixels[i]!
    out[o] = pixel
    out[o + 1] = pixel >>> 8
    out[o + 2] = pixel >>> 16
  }
}

/** Mixes an opaque colour (0–255 each) into one pixel of a picture by `alpha` in [0, 1]. */
export function blendPixel(
  pixels: Uint32Array,
  index: number,
  r: number,
  g: number,
  b: number,
  alpha: number,
): void {
  const under = pixels[index]!
  const red = under & 255
  const green = (under >>> 8) & 255
  const blue = (under >>> 16) & 255
  const nr = (red + (r - red) * alpha + 0.5) | 0
  const ng = (green + (g - green) * alpha + 0.5) | 0
  const nb = (blue + (b - blue) * alpha + 0.5) | 0
  pixels[index] = (0xff000000 | (clampByte(nb) << 16) | (clampByte(ng) << 8) | clampByte(nr)) >>> 0
}

function clampByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value
}
