/** Brightness of pixels, 0–255, row by row. */
export interface Luminance {
  readonly values: Float32Array
  readonly width: number
  readonly height: number
}

export interface IrisCircle {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** Visible irises are about 11.7 mm across, with little spread between people. */
export const IRIS_RADIUS_CM = 0.585
/** An iris is darker than the white of its eye by this at least, in levels; less is a guess. */
const LEAST_CONTRAST = 14
/** Pixels a centimetre that show an iris well enough: of a picture that has several times as many, some are left out. */
const ENOUGH_SCALE = 20

/**
 * Finds the iris between the lids: the circle whose inside is darkest against the ring around it.
 *
 * @param inside 1 for pixels between the lids, as many as there are luminances.
 * @param scale Pixels a centimetre of the face.
 * @returns undefined where nothing stands out: a closed eye, dark glasses.
 */
export function findIris(light: Luminance, inside: Uint8Array, scale: number): IrisCircle | undefined {
  let best: IrisCircle | undefined
  let bestScore = LEAST_CONTRAST
  const step = Math.max(1, scale * 0.03)
  const stride = Math.max(1, Math.round(scale / ENOUGH_SCALE))
  const bounds = boundsOf(inside, light.width)
  for (const factor of [0.88, 0.95, 1.02, 1.09, 1.16]) {
    const radius = IRIS_RADIUS_CM * scale * factor
    for (let y = bounds.top - radius * 0.4; y <= bounds.bottom + radius * 0.4; y += step) {
      for (let x = bounds.left + radius * 0.5; x <= bounds.right - radius * 0.5; x += step) {
        const score = contrast(light, inside, { x, y, radius }, stride)
        if (score > bestScore) {
          bestScore = score
          best = { x, y, radius }
        }
      }
    }
  }
  return best
}

/**
 * How much darker the disc is than the ring around it, among the visible pixels; less when little is visible.
 *
 * @param stride Every how many pixels one is looked at, each way.
 */
function contrast(
  light: Luminance,
  inside: Uint8Array,
  { x: cx, y: cy, radius }: IrisCircle,
  stride: number,
): number {
  const outer = radius * 1.45
  let dark = 0
  let darkCount = 0
  let bright = 0
  let brightCount = 0
  const top = Math.max(0, Math.floor(cy - outer))
  const bottom = Math.min(light.height - 1, Math.ceil(cy + outer))
  const left = Math.max(0, Math.floor(cx - outer))
  const right = Math.min(light.width - 1, Math.ceil(cx + outer))
  for (let y = top; y <= bottom; y += stride) {
    for (let x = left; x <= right; x += stride) {
      const at = y * light.width + x
      if (inside[at] === 0) continue
      const distance = Math.hypot(x - cx, y - cy)
      // The limbus itself is soft and belongs to neither.
      if (distance < radius * 0.95) {
        dark += light.values[at]!
        darkCount++
      } else if (distance > radius * 1.08 && distance < outer) {
        bright += light.values[at]!
        brightCount++
      }
    }
  }
  const area = (Math.PI * radius * radius) / (stride * stride)
  if (darkCount < 0.3 * area || brightCount < 0.08 * area) return 0
  return (bright / brightCount - dark / darkCount) * Math.min(1, darkCount / (0.55 * area)) ** 0.5
}

function boundsOf(
  inside: Uint8Array,
  width: number,
): { left: number; right: number; top: number; bottom: number } {
  let left = Infinity
  let right = -Infinity
  let top = Infinity
  let bottom = -Infinity
  inside.forEach((value, at) => {
    if (value === 0) return
    const x = at % width
    const y = Math.floor(at / width)
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  })
  return { left, right, top, bottom }
}
