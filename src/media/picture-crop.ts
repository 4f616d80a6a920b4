/** Cuts a rectangle out of a picture at another size, on libuv's threads. */
import { InputError, MediaError } from '../errors.js'
import type { RgbPicture } from './rgb-picture.js'
import { fromRgb, type Sharp, toRgb } from './sharp.js'

/** Whole pixels of a picture, from its top left corner; may reach beyond its edges. */
export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Pixels that a rectangle or a result may have: 16384². */
const MAX_PIXELS = 1 << 28

/**
 * The part of a picture within `rectangle`, scaled to `outWidth` × `outHeight` pixels (Lanczos with three lobes, and
 * as much smoothing as scaling down needs). Where the rectangle leaves the picture, the pixels of its edge are
 * repeated.
 *
 * @param picture - not changed, and needed until the promise resolves.
 * @param rectangle - rounded to whole pixels; has to touch the picture.
 * @returns pixels in a buffer of their own, which the caller may transfer.
 * @throws InputError when the rectangle is empty, misses the picture or is over 2^28 pixels, or the size is not one.
 */
export async function cropPicture(
  picture: RgbPicture,
  rectangle: Rectangle,
  outWidth: number,
  outHeight: number,
): Promise<RgbPicture> {
  const wanted = rounded(rectangle)
  checkRequest(picture, wanted, outWidth, outHeight)
  const left = Math.max(0, wanted.left)
  const top = Math.max(0, wanted.top)
  const width = Math.min(picture.width, wanted.left + wanted.width) - left
  const height = Math.min(picture.height, wanted.top + wanted.height) - top
  let part = fromRgb(picture).extract({ left, top, width, height })
  if (width < wanted.width || height < wanted.height) {
    // sharp scales before it extends, whatever the order of the calls: hence two passes.
    const extended = part.extend({
      left: left - wanted.left,
      top: top - wanted.top,
      right: wanted.left + wanted.width - (left + width),
      bottom: wanted.top + wanted.height - (top + height),
      extendWith: 'copy',
    })
    part = fromRgb(await pixelsOf(extended))
  }
  const scaled = wanted.width !== outWidth || wanted.height !== outHeight
  return pixelsOf(scaled ? part.resize(outWidth, outHeight, { fit: 'fill', kernel: 'lanczos3' }) : part)
}

function rounded({ left, top, width, height }: Rectangle): Rectangle {
  return {
    left: Math.round(left),
    top: Math.round(top),
    width: Math.round(width),
    height: Math.round(height),
  }
}

function checkRequest(picture: RgbPicture, wanted: Rectangle, outWidth: number, outHeight: number): void {
  const { left, top, width, height } = wanted
  const shape = `the rectangle ${width}x${height} at (${left}, ${top})`
  if (!(width >= 1 && height >= 1 && width * height <= MAX_PIXELS)) {
    throw new InputError(`Cannot crop to ${shape}: 1 to ${MAX_PIXELS} pixels are possible.`)
  }
  if (!(left < picture.width && top < picture.height && left + width > 0 && top + height > 0)) {
    throw new InputError(
      `Cannot crop to ${shape}: it lies outside of the ${picture.width}x${picture.height} picture.`,
    )
  }
  const whole = Number.isInteger(outWidth) && Number.isInteger(outHeight)
  if (!whole || outWidth < 1 || outHeight < 1 || outWidth * outHeight > MAX_PIXELS) {
    throw new InputError(
      `Cannot crop to a size of ${outWidth}x${outHeight}; whole numbers with 1 to ${MAX_PIXELS} pixels are expected.`,
    )
  }
}

async function pixelsOf(image: Sharp): Promise<RgbPicture> {
  try {
    return await toRgb(image)
  } catch (error) {
    throw new MediaError('A part of a picture could not be cut out.', { cause: error })
  }
}
