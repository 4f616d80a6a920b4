/** sharp with the settings that pictures need, which hold for the whole process, and RGB pixels into and out of it. */
import sharp, { type Sharp } from 'sharp'
import type { RgbPicture } from './rgb-picture.js'

export { sharp }
export type { Metadata, Sharp } from 'sharp'

// One thread a picture: many pictures at once keep the cores busy at less cost, and no picture is asked for twice.
sharp.concurrency(1)
sharp.cache(false)

/** An image of sharp's over pixels; they are not copied, not changed, and needed until its result is there. */
export function fromRgb({ rgb, width, height }: RgbPicture): Sharp {
  return sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false })
}

/** The 8-bit sRGB pixels of an image without transparency, in a buffer of their own. */
export async function toRgb(image: Sharp): Promise<RgbPicture> {
  const { data, info } = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toUint8Array()
  // A Buffer by now, whose `slice` does not copy: not what the type says.
  const rgb = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { rgb, width: info.width, height: info.height }
}
