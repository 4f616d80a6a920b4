import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX, type BlendshapeName } from '../../../pipeline/blendshapes.js'

/** Frames one after the other, 52 weights each; functions that work on them change them in place. */
export type Rows = readonly Float32Array[]

/** The rows of a matrix [frames, 52], as views on it. */
export function rowsOf(matrix: Float32Array): Float32Array[] {
  return Array.from({ length: matrix.length / BLENDSHAPE_COUNT }, (_, row) =>
    matrix.subarray(row * BLENDSHAPE_COUNT, (row + 1) * BLENDSHAPE_COUNT),
  )
}

/** Rows as one matrix [frames, 52] with memory of its own. */
export function matrixOf(rows: Rows): Float32Array<ArrayBuffer> {
  const matrix = new Float32Array(rows.length * BLENDSHAPE_COUNT)
  for (const [i, row] of rows.entries()) matrix.set(row, i * BLENDSHAPE_COUNT)
  return matrix
}

/** Writes `(1 − share) · from + share · row` into `row`, in all channels. */
export function blendFrom(from: Float32Array, row: Float32Array, share: number): void {
  for (let c = 0; c < BLENDSHAPE_COUNT; c++) row[c] = from[c]! * (1 - share) + row[c]! * share
}

/** Indices of channels by their names. */
export function channels(...names: readonly BlendshapeName[]): readonly number[] {
  return names.map((name) => BLENDSHAPE_INDEX[name])
}
