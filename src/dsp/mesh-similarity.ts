/** A similarity transform of space: `scale * rotation * p + translation`. */
export interface Similarity {
  readonly scale: number
  /** Row-major 3 × 3 rotation. */
  readonly rotation: Float64Array
  readonly translation: readonly [number, number, number]
}

/**
 * The similarity that carries `from` to `to` with the least squared error (Horn 1987, unit quaternions): the rotation
 * is the eigenvector of the largest eigenvalue of a symmetric 4 × 4 matrix, found by shifted power iteration.
 *
 * @param from x, y, z of each point.
 * @param to x, y, z of each point, in the same order.
 */
export function fitSimilarity(from: ArrayLike<number>, to: ArrayLike<number>): Similarity {
  const count = from.length / 3
  const meanFrom = meanOf(from)
  const meanTo = meanOf(to)
  const m = new Float64Array(9)
  let spread = 0
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < 3; r++) {
      const a = from[i * 3 + r]! - meanFrom[r]!
      spread += a * a
      for (let c = 0; c < 3; c++) m[r * 3 + c]! += a * (to[i * 3 + c]! - meanTo[c]!)
    }
  }
  const rotation = rotationOf(dominantQuaternion(hornMatrix(m)))
  let projected = 0
  for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) projected += rotation[c * 3 + r]! * m[r * 3 + c]!
  const scale = projected / spread
  const translation = [0, 1, 2].map((r) => {
    let moved = 0
    for (let c = 0; c < 3; c++) moved += rotation[r * 3 + c]! * meanFrom[c]!
    return meanTo[r]! - scale * moved
  }) as [number, number, number]
  return { scale, rotation, translation }
}

function meanOf(points: ArrayLike<number>): Float64Array {
  const mean = new Float64Array(3)
  for (let i = 0; i < points.length; i++) mean[i % 3]! += (points[i]! * 3) / points.length
  return mean
}

function hornMatrix(m: Float64Array): Float64Array {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = m as unknown as [
    number, number, number, number, number, number, number, number, number,
  ] // prettier-ignore
  return Float64Array.of(
    xx + yy + zz, yz - zy, zx - xz, xy - yx,
    yz - zy, xx - yy - zz, xy + yx, zx + xz,
    zx - xz, xy + yx, yy - xx - zz, yz + zy,
    xy - yx, zx + xz, yz + zy, zz - xx - yy,
  ) // prettier-ignore
}

function dominantQuaternion(matrix: Float64Array): Float64Array {
  let norm = 0
  for (const value of matrix) norm += Math.abs(value)
  let q = Float64Array.of(1, 0.01, 0.02, 0.03)
  for (let iteration = 0; iteration < 2000; iteration++) {
    const next = new Float64Array(4)
    for (let r = 0; r < 4; r++) {
      next[r] = q[r]! * norm
      for (let c = 0; c < 4; c++) next[r]! += matrix[r * 4 + c]! * q[c]!
    }
    const length = Math.hypot(...next)
    q = next.map((value) => value / length)
  }
  return q
}

function rotationOf(q: Float64Array): Float64Array {
  const [w, x, y, z] = q as unknown as [number, number, number, number]
  return Float64Array.of(
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  ) // prettier-ignore
}
