import { unpackRgb } from '../../../../dsp/blend.js'
import type { Picture } from '../../../../dsp/raster.js'
import { messageOf, MediaError } from '../../../../errors.js'
import { encodeJpeg } from '../../../../media/jpeg.js'
import { sharp } from '../../../../media/sharp.js'
import type { EncodedTexture } from './rig-glb.js'
import { straightRgba } from './textures.js'

const JPEG_QUALITY = 92

/**
 * A texture as JPEG where it hides everything, else as PNG.
 *
 * @throws MediaError when it cannot be coded.
 */
export async function encodeTexture(picture: Picture, opaque: boolean): Promise<EncodedTexture> {
  const { width, height } = picture
  if (opaque) {
    const rgb = new Uint8Array(width * height * 3)
    unpackRgb(picture, rgb)
    return { bytes: await encodeJpeg(rgb, width, height, JPEG_QUALITY), mimeType: 'image/jpeg' }
  }
  try {
    const bytes = await sharp(straightRgba(picture), { raw: { width, height, channels: 4 } })
      .png({ compressionLevel: 7, adaptiveFiltering: true })
      .toBuffer()
    return { bytes, mimeType: 'image/png' }
  } catch (error) {
    throw new MediaError(`A texture of ${width}x${height} could not be coded as PNG: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
