import { CoverageMask } from '../../../dsp/raster-coverage.js'
import type { Picture } from '../../../dsp/raster.js'
import { curveToColumns, sampleCatmullRom } from '../../../dsp/spline.js'

/** Samples between two vertices of an edge. */
const STEPS = 5

/**
 * An opening in the skin between two edges that share their ends: lips or lids. Measures which pixels it covers and
 * where its edges cross each column of them. Buffers are reused by every `measure`.
 */
export class Opening {
  /** Coverage of the pixels around the opening. */
  readonly mask: CoverageMask
  /** For each column of the mask, y of the upper and of the lower edge. */
  readonly top: Float32Array
  readonly bottom: Float32Array
  /** The corner at which both edges begin, and the one at which they end: x, y. */
  readonly first = new Float32Array(2)
  readonly last = new Float32Array(2)
  readonly #points: Float32Array
  readonly #upper: Float32Array
  readonly #lower: Float32Array
  readonly #outline: Float32Array
  readonly #samples: number

  /**
   * @param vertices Number of vertices of each edge.
   * @param width Width of the pictures in pixels.
   * @param capacity The most pixels that the opening's rectangle can have.
   */
  constructor(vertices: number, width: number, capacity: number) {
    this.#samples = (vertices - 1) * STEPS + 1
    this.mask = new CoverageMask(capacity)
    this.top = new Float32Array(width)
    this.bottom = new Float32Array(width)
    this.#points = new Float32Array(vertices * 2)
    this.#upper = new Float32Array(this.#samples * 2)
    this.#lower = new Float32Array(this.#samples * 2)
    this.#outline = new Float32Array(this.#samples * 4)
  }

  /**
   * Traces both edges through posed vertices.
   *
   * @param positions Interleaved x, y of all vertices.
   * @returns Whether any pixel lies inside.
   */
  measure(
    target: Picture,
    positions: Float32Array,
    upperEdge: readonly number[],
    lowerEdge: readonly number[],
  ): boolean {
    const samples = this.#samples
    this.#trace(positions, upperEdge, this.#upper)
    this.#trace(positions, lowerEdge, this.#lower)
    this.#outline.set(this.#upper)
    for (let k = 1; k < samples - 1; k++) {
      const from = (samples - 1 - k) * 2
      this.#outline[(samples + k - 1) * 2] = this.#lower[from]!
      this.#outline[(samples + k - 1) * 2 + 1] = this.#lower[from + 1]!
    }
    this.first[0] = this.#upper[0]!
    this.first[1] = this.#upper[1]!
    this.last[0] = this.#upper[samples * 2 - 2]!
    this.last[1] = this.#upper[samples * 2 - 1]!

    const { mask } = this
    mask.fill(this.#outline, samples * 2 - 2, target.width, target.height, 1)
    if (mask.width === 0 || mask.height === 0) return false
    curveToColumns(this.#upper, samples, mask.x, this.top, mask.width)
    curveToColumns(this.#lower, samples, mask.x, this.bottom, mask.width)
    return true
  }

  #trace(positions: Float32Array, edge: readonly number[], out: Float32Array): void {
    for (let k = 0; k < edge.length; k++) {
      this.#points[k * 2] = positions[edge[k]! * 2]!
      this.#points[k * 2 + 1] = positions[edge[k]! * 2 + 1]!
    }
    sampleCatmullRom(this.#points, edge.length, STEPS, out)
  }
}
