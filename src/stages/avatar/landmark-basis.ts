/**
 * Splits a face's landmarks into how the head is placed and what the face does. The placement is the affine map that
 * carries a reference face to the landmarks with the least squared error; what it leaves is the residual. Being linear,
 * it costs a few thousand multiplications a face, and placements can be averaged like numbers.
 */

/** Numbers of a placement: for each of the basis's four columns x, y and z. */
export const PLACEMENT_VALUES = 12

/**
 * Four orthonormal columns over the points (1, and the reference's x, y, z after Gram and Schmidt): interleaved, four
 * numbers a point. The mean of the squares of each column is 1, hence the distance of two placements, as the root of the
 * sum of squared differences, is the root mean square distance of the points that they place.
 */
export function landmarkBasis(reference: ArrayLike<number>): Float64Array {
  const count = reference.length / 3
  const basis = new Float64Array(count * 4)
  for (let column = 0; column < 4; column++) {
    for (let i = 0; i < count; i++) basis[i * 4 + column] = column === 0 ? 1 : reference[i * 3 + column - 1]!
    for (let earlier = 0; earlier < column; earlier++) {
      let common = 0
      for (let i = 0; i < count; i++) common += basis[i * 4 + column]! * basis[i * 4 + earlier]!
      common /= count
      for (let i = 0; i < count; i++) basis[i * 4 + column]! -= common * basis[i * 4 + earlier]!
    }
    let squares = 0
    for (let i = 0; i < count; i++) squares += basis[i * 4 + column]! ** 2
    // A flat reference has no depth to fit: its column is 0.
    const scale = squares > 1e-12 * count ? Math.sqrt(count / squares) : 0
    for (let i = 0; i < count; i++) basis[i * 4 + column]! *= scale
  }
  return basis
}

/** The placement of landmarks, and in `residual` what it leaves of them. */
export function placeLandmarks(
  basis: Float64Array,
  landmarks: ArrayLike<number>,
  placement: Float64Array,
  residual: Float32Array,
): void {
  const count = landmarks.length / 3
  placement.fill(0)
  for (let i = 0; i < count; i++) {
    for (let column = 0; column < 4; column++) {
      const share = basis[i * 4 + column]! / count
      for (let axis = 0; axis < 3; axis++) placement[column * 3 + axis]! += share * landmarks[i * 3 + axis]!
    }
  }
  for (let i = 0; i < count; i++) {
    for (let axis = 0; axis < 3; axis++) {
      residual[i * 3 + axis] = landmarks[i * 3 + axis]! - placed(basis, placement, i, axis)
    }
  }
}

/** Where a placement puts a point of the reference, on one axis. */
export function placed(basis: Float64Array, placement: Float64Array, point: number, axis: number): number {
  return (
    basis[point * 4]! * placement[axis]! +
    basis[point * 4 + 1]! * placement[3 + axis]! +
    basis[point * 4 + 2]! * placement[6 + axis]! +
    basis[point * 4 + 3]! * placement[9 + axis]!
  )
}
