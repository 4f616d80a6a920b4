import { DETECTOR } from './contract.js'
import type { Region } from './region.js'

/**
 * The detector is made for selfies: it sees faces from about a seventh of its input to all of it. A large picture is
 * therefore looked at whole, then in ever smaller squares.
 */

/** The smallest face that is looked for in any picture, in pixels from brows to chin. */
export const SMALLEST_FACE = 56

/** Share of a square that a face must fill to be seen; below 0.14 the detector begins to miss some. */
const SMALLEST_SHARE = 0.15
/** Share of a square that its neighbour covers too: a face up to this size is whole in one of them. */
const OVERLAP = 0.3
/** How much smaller the next squares are at the most: so that they see all that was too small for the last ones. */
const STEP = OVERLAP / SMALLEST_SHARE

/**
 * The squares of a picture that the detector looks at, largest first.
 *
 * @param smallestFace - The smallest face to be seen, in pixels.
 * @param angle - How the squares are turned, in radians.
 */
export function tilesOf(width: number, height: number, smallestFace: number, angle = 0): Region[] {
  const whole = Math.max(width, height)
  // A square with fewer pixels than the detector takes shows nothing more.
  const smallest = Math.max(DETECTOR.side, smallestFace / SMALLEST_SHARE)
  const steps = Math.max(0, Math.ceil(Math.log(whole / smallest) / Math.log(STEP)))
  const tiles: Region[] = []
  for (let k = 0; k <= steps; k++) {
    const size = k === 0 ? whole : whole * (smallest / whole) ** (k / steps)
    for (const centreY of centres(height, size)) {
      for (const centreX of centres(width, size)) tiles.push({ centreX, centreY, size, angle })
    }
  }
  return tiles
}

/** Middles of the fewest squares that cover a length and overlap enough; one in the middle where one is enough. */
function centres(length: number, size: number): number[] {
  if (length <= size) return [length / 2]
  const steps = Math.ceil((length - size) / (size * (1 - OVERLAP)))
  return Array.from({ length: steps + 1 }, (_, k) => size / 2 + ((length - size) * k) / steps)
}
