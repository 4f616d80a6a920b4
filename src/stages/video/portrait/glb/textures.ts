import type { Picture } from '../../../../dsp/raster.js'

/** Colour and coverage, 0–255 and 0–1. */
export interface Paint {
  red: number
  green: number
  blue: number
  alpha: number
}

/**
 * Paints a picture point by point.
 * @param paintAt sets the colour at x, y in shares of the picture, texel by texel
 */
export function painted(
  width: number,
  height: number,
  paintAt: (x: number, y: number, paint: Paint) => void,
): Picture {
  const pixels = new Uint32Array(width * height)
  const paint: Paint = { red: 0, green: 0, blue: 0, alpha: 1 }
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      paintAt((x + 0.5) / width, (y + 0.5) / height, paint)
      const alpha = Math.min(1, Math.max(0, paint.alpha))
      const byte = (value: number): number => Math.round(Math.min(255, Math.max(0, value)) * alpha)
      pixels[y * width + x] =
        ((Math.round(alpha * 255) << 24) |
          (byte(paint.blue) << 16) |
          (byte(paint.green) << 8) |
          byte(paint.red)) >>>
        0
    }
  }
  return { pixels, width, height }
}

/** A premultiplied picture, halved again and again: sums of each channel. */
interface Level {
  readonly sums: Float32Array
  readonly width: number
  readonly height: number
}

/**
 * The picture's bytes with alpha that is not premultiplied, as files have it. What is wholly transparent takes the
 * colour of what is around it, because renderers mix neighbouring texels before they look at their alpha.
 */
export function straightRgba(picture: Picture): Uint8Array {
  const { pixels, width, height } = picture
  const levels = pyramid(picture)
  const out = new Uint8Array(pixels.length * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const [red, green, blue] = colourAround(levels, x, y)
      out.set([red, green, blue, pixels[at]! >>> 24], at * 4)
    }
  }
  return out
}

function pyramid({ pixels, width, height }: Picture): Level[] {
  const sums = new Float32Array(pixels.length * 4)
  for (let i = 0; i < pixels.length; i++) {
    for (let c = 0; c < 4; c++) sums[i * 4 + c] = (pixels[i]! >>> (8 * c)) & 255
  }
  const levels: Level[] = [{ sums, width, height }]
  for (let last = levels[0]!; last.width > 1 || last.height > 1; last = levels.at(-1)!) {
    levels.push(halved(last))
  }
  return levels
}

function halved({ sums, width, height }: Level): Level {
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) }
  const out = new Float32Array(half.width * half.height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = ((y >> 1) * half.width + (x >> 1)) * 4
      const from = (y * width + x) * 4
      for (let c = 0; c < 4; c++) out[to + c]! += sums[from + c]!
    }
  }
  return { sums: out, ...half }
}

/** Alpha, summed, from which on a colour can be told. */
const ENOUGH = 8

function colourAround(levels: readonly Level[], x: number, y: number): [number, number, number] {
  for (let k = 0; k < levels.length; k++) {
    const { sums, width } = levels[k]!
    const at = ((y >> k) * width + (x >> k)) * 4
    const alpha = sums[at + 3]!
    if (alpha < ENOUGH && k < levels.length - 1) continue
    if (alpha === 0) break
    const straight = (value: number): number => Math.min(255, Math.round((value * 255) / alpha))
    return [straight(sums[at]!), straight(sums[at + 1]!), straight(sums[at + 2]!)]
  }
  return [0, 0, 0]
}
