/** How a coded picture has to be turned, stretched and scaled to be seen as it was meant. */

/** What to do with a coded picture, in this order. */
export interface Orientation {
  /** Swap rows and columns: `x' = y`, `y' = x`. */
  readonly transpose: boolean
  /** Mirror left to right. */
  readonly flipX: boolean
  /** Mirror top to bottom. */
  readonly flipY: boolean
}

export const UPRIGHT: Orientation = { transpose: false, flipX: false, flipY: false }

/** Aspect ratios of a pixel beyond this, or below its inverse, are taken for damage and ignored. */
const MAX_PIXEL_ASPECT = 4

/**
 * The orientation that a display matrix asks for, at the nearest multiple of 90°.
 *
 * @param matrix - nine 32-bit integers in the byte order of the machine: `a b u c d v x y w` of the track header of
 * ISO/IEC 14496-12, by which a picture's point goes to `(a·x + c·y, b·x + d·y)`.
 */
export function orientationOf(matrix: Uint8Array | null): Orientation {
  if (matrix === null || matrix.length < 36) return UPRIGHT
  const [a, b, , c, d] = new Int32Array(matrix.slice(0, 36).buffer)
  if (a === undefined || b === undefined || c === undefined || d === undefined) return UPRIGHT
  const transpose = Math.abs(b) + Math.abs(c) > Math.abs(a) + Math.abs(d)
  return transpose ? { transpose, flipX: c < 0, flipY: b < 0 } : { transpose, flipX: a < 0, flipY: d < 0 }
}

/** A size in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The longer and the shorter side of the largest picture that is delivered. */
export interface SizeLimits {
  readonly maxLongSide: number
  readonly maxShortSide: number
}

/**
 * The size at which a coded picture is shown: with square pixels, scaled down to the limits, and with even sides, as
 * video encoders want them. Both sides are given before the turn of an {@link Orientation}.
 *
 * @param pixelAspect - width of a coded pixel by its height; 0 when unknown.
 */
export function shownSize({ width, height }: Size, pixelAspect: number, limits: SizeLimits): Size {
  const known = pixelAspect >= 1 / MAX_PIXEL_ASPECT && pixelAspect <= MAX_PIXEL_ASPECT
  const square = known ? width * pixelAspect : width
  const scale = Math.min(
    1,
    limits.maxLongSide / Math.max(square, height),
    limits.maxShortSide / Math.min(square, height),
  )
  return { width: even(square * scale), height: even(height * scale) }
}

/** Never above the side itself; what is missing to the next even number by rounding alone counts as there. */
function even(side: number): number {
  return Math.max(2, Math.floor(side / 2 + 1e-6) * 2)
}
