/**
 * Harmonic interpolation on a triangle mesh: values given at some vertices ("handles") are spread over the others so
 * that each free vertex is the weighted mean of its neighbours (discrete Laplace equation with inverse edge lengths as
 * weights). The factorisation is done once for a set of handles and used for any number of right-hand sides.
 */
export class HarmonicField {
  readonly #free: Int32Array
  readonly #handles: Int32Array
  readonly #count: number
  /** Lower Cholesky factor of the Laplacian restricted to the free vertices, row-major. */
  readonly #factor: Float64Array
  /** For each free vertex: weights to all vertices, row-major; only handle columns are read. */
  readonly #coupling: Float64Array

  /**
   * @param positions x, y, z of every vertex.
   * @param triangles Vertex index triples.
   * @param handles Vertices whose values are given; each connected part of the mesh needs one at least.
   */
  constructor(positions: ArrayLike<number>, triangles: ArrayLike<number>, handles: readonly number[]) {
    const count = positions.length / 3
    const weights = edgeWeights(positions, triangles, count)
    const isHandle = new Uint8Array(count)
    for (const handle of handles) isHandle[handle] = 1
    const vertices = Int32Array.from({ length: count }, (_, i) => i)
    this.#count = count
    this.#free = vertices.filter((i) => isHandle[i] === 0)
    this.#handles = vertices.filter((i) => isHandle[i] === 1)

    const n = this.#free.length
    this.#coupling = new Float64Array(n * count)
    const laplacian = new Float64Array(n * n)
    for (let r = 0; r < n; r++) {
      const row = this.#free[r]! * count
      this.#coupling.set(weights.subarray(row, row + count), r * count)
      let degree = 0
      for (let j = 0; j < count; j++) degree += weights[row + j]!
      for (let c = 0; c < n; c++) laplacian[r * n + c] = r === c ? degree : -weights[row + this.#free[c]!]!
    }
    this.#factor = cholesky(laplacian, n)
  }

  /**
   * Fills in the free vertices of one value a vertex, in place.
   *
   * @param values One number a vertex; handles hold their given values.
   */
  solve(values: Float64Array): void {
    const n = this.#free.length
    const x = new Float64Array(n)
    for (let r = 0; r < n; r++) {
      let sum = 0
      for (const handle of this.#handles) sum += this.#coupling[r * this.#count + handle]! * values[handle]!
      for (let c = 0; c < r; c++) sum -= this.#factor[r * n + c]! * x[c]!
      x[r] = sum / this.#factor[r * n + r]!
    }
    for (let r = n - 1; r >= 0; r--) {
      let sum = x[r]!
      for (let c = r + 1; c < n; c++) sum -= this.#factor[c * n + r]! * x[c]!
      x[r] = sum / this.#factor[r * n + r]!
      values[this.#free[r]!] = x[r]!
    }
  }
}

function edgeWeights(
  positions: ArrayLike<number>,
  triangles: ArrayLike<number>,
  count: number,
): Float64Array {
  const weights = new Float64Array(count * count)
  for (let t = 0; t < triangles.length; t += 3) {
    for (let e = 0; e < 3; e++) {
      const i = triangles[t + e]!
      const j = triangles[t + ((e + 1) % 3)]!
      const length = Math.hypot(
        positions[i * 3]! - positions[j * 3]!,
        positions[i * 3 + 1]! - positions[j * 3 + 1]!,
        positions[i * 3 + 2]! - positions[j * 3 + 2]!,
      )
      weights[i * count + j] = weights[j * count + i] = 1 / Math.max(length, 1e-6)
    }
  }
  return weights
}

/** Dense Cholesky factorisation of a symmetric positive definite matrix; returns the lower factor. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n)
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      let sum = matrix[r * n + c]!
      for (let k = 0; k < c; k++) sum -= lower[r * n + k]! * lower[c * n + k]!
      lower[r * n + c] = r === c ? Math.sqrt(Math.max(sum, 1e-12)) : sum / lower[c * n + c]!
    }
  }
  return lower
}
