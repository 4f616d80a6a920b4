/**
 * A rectangle of interleaved 8-bit channels inside a larger picture, used where it lies: row y begins at
 * `data[offset + y · stride]`. Its width, height and channels are known to whoever takes it.
 */
export interface PixelView {
  readonly data: Uint8Array
  /** Index of the first channel of the top left pixel. */
  readonly offset: number
  /** Bytes from one row to the next. */
  readonly stride: number
}

/** Number of interleaved channels: grey (or a mask), or three colours in any order. */
export type Channels = 1 | 3

/**
 * The part of a picture that begins `left` pixels from its left edge and `top` rows from its upper one.
 *
 * @param pictureWidth pixels in a row of the whole picture
 */
export function pixelView(
  data: Uint8Array,
  pictureWidth: number,
  channels: Channels,
  left = 0,
  top = 0,
): PixelView {
  const stride = pictureWidth * channels
  return { data, offset: top * stride + left * channels, stride }
}

/**
 * Refuses a view whose pixels do not all lie in its data, where a kernel would read `undefined` for a number.
 *
 * @param name how the message calls the view
 * @throws RangeError naming the view and the last byte that it would touch
 */
export function checkView(
  name: string,
  { data, offset, stride }: PixelView,
  width: number,
  height: number,
  channels: Channels,
): void {
  const end = offset + (height - 1) * stride + width * channels
  if (offset >= 0 && stride >= width * channels && end <= data.length) return
  throw new RangeError(
    `Expected the ${name} to hold ${width}×${height} pixels of ${channels} within its ${data.length} bytes, ` +
      `got offset ${offset} and stride ${stride}, which end at ${end}`,
  )
}

/** @throws RangeError when one of the sizes is not a whole number of at least 1 */
export function checkSizes(sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`Expected ${name} to be a whole number of at least 1, got ${size}`)
    }
  }
}
