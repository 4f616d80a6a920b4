/**
 * Samples an open Catmull-Rom spline (uniform, tension 0.5) through interleaved 2D points into a preallocated
 * buffer. End tangents repeat the end points. Each span gives `steps` samples and the last point closes the curve,
 * so `(count - 1) * steps + 1` points are written.
 *
 * @param points Interleaved x, y.
 * @param count Number of points to use, at least 2.
 * @param steps Samples a span, at least 1.
 * @param out Receives interleaved x, y from `offset` points on.
 * @returns The number of points written.
 */
export function sampleCatmullRom(
  points: Float32Array,
  count: number,
  steps: number,
  out: Float32Array,
  offset = 0,
): number {
  let o = offset * 2
  for (let span = 0; span < count - 1; span++) {
    const a = Math.max(0, span - 1) * 2
    const b = span * 2
    const c = (span + 1) * 2
    const d = Math.min(count - 1, span + 2) * 2
    for (let step = 0; step < steps; step++) {
      const t = step / steps
      out[o++] = catmullRom(points[a]!, points[b]!, points[c]!, points[d]!, t)
      out[o++] = catmullRom(points[a + 1]!, points[b + 1]!, points[c + 1]!, points[d + 1]!, t)
    }
  }
  out[o++] = points[(count - 1) * 2]!
  out[o++] = points[(count - 1) * 2 + 1]!
  return o / 2 - offset
}

/** One coordinate of a Catmull-Rom span between `b` and `c` at `t` in [0, 1]. */
export function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return (
    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t)
  )
}

/** Hermite step: 0 below `edge0`, 1 above `edge1`, smooth between; the edges may come in either order. */
export function smoothstep(edge0: number, edge1: number, x: number): number {
  const t = (x - edge0) / (edge1 - edge0)
  if (t <= 0) return 0
  if (t >= 1) return 1
  return t * t * (3 - 2 * t)
}

/**
 * Reads a curve as a function of x: for every whole column `x0 … x0 + out.length - 1` writes the y where a polyline
 * that runs mainly along x crosses it. Columns outside the polyline's span take the y of its nearer end.
 *
 * @param line Interleaved x, y; x should grow or fall along the line. Steps back are skipped.
 * @param count Number of points.
 */
export function curveToColumns(
  line: Float32Array,
  count: number,
  x0: number,
  out: Float32Array,
  columns: number,
): void {
  const forward = line[(count - 1) * 2]! >= line[0]!
  let previousX = forward ? line[0]! : line[(count - 1) * 2]!
  let previousY = forward ? line[1]! : line[(count - 1) * 2 + 1]!
  let column = 0
  while (column < columns && x0 + column <= previousX) out[column++] = previousY
  for (let k = 1; k < count && column < columns; k++) {
    const p = (forward ? k : count - 1 - k) * 2
    const x = line[p]!
    const y = line[p + 1]!
    if (x <= previousX) continue
    const slope = (y - previousY) / (x - previousX)
    while (column < columns && x0 + column <= x) {
      out[column] = previousY + (x0 + column - previousX) * slope
      column++
    }
    previousX = x
    previousY = y
  }
  while (column < columns) out[column++] = previousY
}
