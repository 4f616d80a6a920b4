import { CoverageMask } from '../../../../dsp/raster-coverage.js'
import { sampleCatmullRom } from '../../../../dsp/spline.js'

const STEPS = 5

/** A rectangle of a picture, in its pixels. */
export interface Cut {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Coverage, 0–1, of what lies between two edges that share their ends: lids or lips.
 *
 * @param upper x, y of the upper edge from one corner to the other, in pixels of the picture.
 * @param lower The lower edge, in the same direction.
 * @returns One value for each pixel of the cut.
 */
export function coverageBetween(
  upper: readonly (readonly [number, number])[],
  lower: readonly (readonly [number, number])[],
  cut: Cut,
): Float32Array {
  const outline = new Float32Array([...trace(upper, cut), ...trace([...lower].reverse(), cut).slice(2, -2)])
  const mask = new CoverageMask(cut.width * cut.height)
  mask.fill(outline, outline.length / 2, cut.width, cut.height, 1)
  const covered = new Float32Array(cut.width * cut.height)
  for (let row = 0; row < mask.height; row++) {
    const from = row * mask.width
    covered.set(mask.values.subarray(from, from + mask.width), (mask.y + row) * cut.width + mask.x)
  }
  return covered
}

/** The rectangle around some points, grown by `margin` and kept inside a picture. */
export function cutAround(
  points: readonly (readonly [number, number])[],
  margin: number,
  width: number,
  height: number,
): Cut {
  const inside = (value: number, highest: number): number => Math.min(highest, Math.max(0, value))
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const left = inside(Math.floor(Math.min(...xs) - margin), width - 4)
  const top = inside(Math.floor(Math.min(...ys) - margin), height - 4)
  return {
    left,
    top,
    width: inside(Math.ceil(Math.max(...xs) + margin), width - 1) - left + 1,
    height: inside(Math.ceil(Math.max(...ys) + margin), height - 1) - top + 1,
  }
}

function trace(edge: readonly (readonly [number, number])[], { left, top }: Cut): Float32Array {
  const points = Float32Array.from(edge.flatMap(([x, y]) => [x - left, y - top]))
  const out = new Float32Array(((edge.length - 1) * STEPS + 1) * 2)
  sampleCatmullRom(points, edge.length, STEPS, out)
  return out
}
