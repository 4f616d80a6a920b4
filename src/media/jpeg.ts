/** Raw pixels → JPEG, on libuv's threads. */
import { InputError, MediaError, messageOf } from '../errors.js'
import { sharp } from './sharp.js'

/**
 * Codes an RGB picture as a baseline JPEG with 4:2:0 colour. Huffman tables are the standard ones: optimised ones
 * make the file 1-2 % smaller for twice the time.
 *
 * @param rgb - width × height × 3 bytes, rows from the top; not changed, and needed until the promise resolves.
 * @param quality - 1 to 100.
 */
export async function encodeJpeg(
  rgb: Uint8Array,
  width: number,
  height: number,
  quality: number,
): Promise<Uint8Array> {
  if (rgb.length !== width * height * 3) {
    throw new InputError(
      `An RGB picture of ${width}x${height} has ${width * height * 3} bytes; ${rgb.length} were given.`,
    )
  }
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw new InputError(`quality is ${quality}; a whole number from 1 to 100 is expected.`)
  }
  try {
    return await sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg({ quality, chromaSubsampling: '4:2:0', optimiseCoding: false, mozjpeg: false })
      .toBuffer()
  } catch (error) {
    throw new MediaError(`A picture of ${width}x${height} could not be coded as JPEG: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
