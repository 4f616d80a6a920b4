/**
 * Whether every pixel of a picture is the same: what is left of a face when numbers have overflowed in half precision,
 * and no picture of anybody. Ends at the first difference, which in a picture is the second pixel or soon after.
 *
 * @param rgb three bytes a pixel
 */
export function isFlat(rgb: Uint8Array): boolean {
  for (let i = 3; i < rgb.length; i++) if (rgb[i] !== rgb[i - 3]) return false
  return true
}
