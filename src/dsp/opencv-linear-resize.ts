import { samplePoints, WEIGHT_ONE } from './opencv-sampling.js'
import { checkSizes, checkView, type Channels, type PixelView } from './pixel-view.js'
import { roundHalfEven } from './round-half-even.js'

/**
 * Bilinear resizing equal to OpenCV's `resize(…, INTER_LINEAR)` on 8-bit pictures, bit for bit: no averaging when it
 * shrinks, weights in 1/2048, and the truncating shifts of OpenCV's vertical pass. Weights and work space are made
 * once; a run allocates nothing.
 */
export class LinearResizer {
  readonly #sourceWidth: number
  readonly #sourceHeight: number
  readonly #targetWidth: number
  readonly #targetHeight: number
  readonly #channels: Channels
  readonly #columns: Columns
  readonly #rows: Rows
  /** Two source rows, stretched to the target's width. */
  readonly #stretched: [Int32Array, Int32Array]

  /** @throws RangeError when a size is not a whole number of at least 1 */
  constructor(
    sourceWidth: number,
    sourceHeight: number,
    targetWidth: number,
    targetHeight: number,
    channels: Channels,
  ) {
    checkSizes({ sourceWidth, sourceHeight, targetWidth, targetHeight })
    this.#sourceWidth = sourceWidth
    this.#sourceHeight = sourceHeight
    this.#targetWidth = targetWidth
    this.#targetHeight = targetHeight
    this.#channels = channels
    this.#columns = columnsOf(sourceWidth, targetWidth, channels)
    this.#rows = rowsOf(sourceHeight, targetHeight)
    const length = targetWidth * channels
    this.#stretched = [new Int32Array(length), new Int32Array(length)]
  }

  /**
   * Writes the rows `top … bottom − 1` of the resized picture to their places in the target; the others stay as they
   * are.
   *
   * @throws RangeError when a view does not hold its picture
   */
  run(source: PixelView, target: PixelView, top = 0, bottom = this.#targetHeight): void {
    checkView('source', source, this.#sourceWidth, this.#sourceHeight, this.#channels)
    checkView('target', target, this.#targetWidth, this.#targetHeight, this.#channels)
    const { upper, lower, upperWeight, lowerWeight } = this.#rows
    let [above, below] = this.#stretched
    let [aboveIs, belowIs] = [-1, -1]
    for (let y = Math.max(0, top); y < Math.min(bottom, this.#targetHeight); y++) {
      if (upper[y] !== aboveIs) {
        ;[above, below] = [below, above]
        ;[aboveIs, belowIs] = [belowIs, aboveIs]
      }
      if (upper[y] !== aboveIs) stretchRow(source, (aboveIs = upper[y]!), this.#columns, above)
      if (lower[y] !== belowIs) stretchRow(source, (belowIs = lower[y]!), this.#columns, below)
      mixRows(above, below, upperWeight[y]!, lowerWeight[y]!, target.data, target.offset + y * target.stride)
    }
  }
}

/** For each channel of each target column: the two source channels, as offsets in their row, and their weights. */
interface Columns {
  readonly left: Int32Array
  readonly right: Int32Array
  readonly leftWeight: Int32Array
  readonly rightWeight: Int32Array
}

/** For each target row: the two source rows and their weights. */
interface Rows {
  readonly upper: Int32Array
  readonly lower: Int32Array
  readonly upperWeight: Int32Array
  readonly lowerWeight: Int32Array
}

function columnsOf(sourceWidth: number, targetWidth: number, channels: Channels): Columns {
  const length = targetWidth * channels
  const columns: Columns = {
    left: new Int32Array(length),
    right: new Int32Array(length),
    leftWeight: new Int32Array(length),
    rightWeight: new Int32Array(length),
  }
  samplePoints(sourceWidth, targetWidth).forEach(({ index, fraction }, x) => {
    // Past the outermost centres a column is the edge pixel alone.
    const outside = index < 0 || index >= sourceWidth - 1
    const left = Math.max(0, Math.min(index, sourceWidth - 1))
    const share = outside ? 0 : fraction
    for (let c = 0, at = x * channels; c < channels; c++, at++) {
      columns.left[at] = left * channels + c
      columns.right[at] = Math.min(left + 1, sourceWidth - 1) * channels + c
      columns.leftWeight[at] = leadingWeight(share)
      columns.rightWeight[at] = roundHalfEven(share * WEIGHT_ONE)
    }
  })
  return columns
}

function rowsOf(sourceHeight: number, targetHeight: number): Rows {
  const points = samplePoints(sourceHeight, targetHeight)
  const row = (index: number): number => Math.max(0, Math.min(index, sourceHeight - 1))
  // Unlike columns, rows keep both weights at the edges, whose rounding then shows.
  return {
    upper: Int32Array.from(points, ({ index }) => row(index)),
    lower: Int32Array.from(points, ({ index }) => row(index + 1)),
    upperWeight: Int32Array.from(points, ({ fraction }) => leadingWeight(fraction)),
    lowerWeight: Int32Array.from(points, ({ fraction }) => roundHalfEven(fraction * WEIGHT_ONE)),
  }
}

function leadingWeight(fraction: number): number {
  return roundHalfEven(Math.fround(1 - fraction) * WEIGHT_ONE)
}

/** One source row at the target's width, in 1/128: the four lowest bits fall away here, as they do in OpenCV. */
function stretchRow(source: PixelView, y: number, columns: Columns, out: Int32Array): void {
  const { left, right, leftWeight, rightWeight } = columns
  const { data } = source
  const start = source.offset + y * source.stride
  for (let i = 0; i < out.length; i++) {
    out[i] = (data[start + left[i]!]! * leftWeight[i]! + data[start + right[i]!]! * rightWeight[i]!) >> 4
  }
}

function mixRows(
  above: Int32Array,
  below: Int32Array,
  aboveWeight: number,
  belowWeight: number,
  out: Uint8Array,
  start: number,
): void {
  for (let i = 0; i < above.length; i++) {
    out[start + i] = (((above[i]! * aboveWeight) >> 16) + ((below[i]! * belowWeight) >> 16) + 2) >> 2
  }
}
