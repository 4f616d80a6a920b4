/** A JPEG in another size, on libuv's threads. */
import { MediaError, messageOf } from '../errors.js'
import { sharp } from './sharp.js'

/** Better than what films are coded with afterwards. */
const QUALITY = 92

/**
 * Makes a JPEG fill a size as far as its shape lets it, in the middle; what is left is black.
 *
 * @throws MediaError when it is damaged.
 */
export async function fitJpeg(jpeg: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  try {
    return await sharp(jpeg)
      .resize(width, height, { fit: 'contain', background: '#000000' })
      .jpeg({ quality: QUALITY, chromaSubsampling: '4:2:0', optimiseCoding: false, mozjpeg: false })
      .toBuffer()
  } catch (error) {
    throw new MediaError(`A picture could not be brought to ${width}x${height}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
