import { checkSizes, checkView, type Channels, type PixelView } from './pixel-view.js'
import { roundHalfEven } from './round-half-even.js'

/** Weights are kept in 1/256. */
const ONE = 256

/**
 * Blur equal to OpenCV's `GaussianBlur(…, (size, size), 0)` on 8-bit pictures, bit for bit: OpenCV's bit-exact path,
 * with the standard deviation that follows from the size, weights in 1/256, the picture mirrored about its edge
 * pixels, and one rounding at the end. Weights and work space are made once; a run allocates nothing.
 */
export class GaussianBlur {
  readonly #width: number
  readonly #height: number
  readonly #channels: Channels
  /** The centre's weight, then those of its neighbours outwards. */
  readonly #weights: Int32Array
  readonly #mirroredColumns: Int32Array
  readonly #mirroredRows: Int32Array
  /** One row or column of the picture with what mirrors in its edges. */
  readonly #line: Int32Array
  /** How many elements of the line that are alike end with each. */
  readonly #runs: Int32Array
  readonly #blurred: Int32Array
  /** The picture blurred along its rows in 1/256, and transposed, so that its columns lie in one piece. */
  readonly #turned: Uint16Array

  /**
   * @param size odd number of pixels that make one; 1 copies
   * @throws RangeError when the size is even, or one of the sizes is not a whole number of at least 1
   */
  constructor(width: number, height: number, channels: Channels, size: number) {
    checkSizes({ width, height, size })
    this.#width = width
    this.#height = height
    this.#channels = channels
    this.#weights = gaussianWeights(size)
    const radius = (size - 1) / 2
    this.#mirroredColumns = mirrored(width, radius)
    this.#mirroredRows = mirrored(height, radius)
    this.#line = new Int32Array(Math.max(width, height) + 2 * radius)
    this.#runs = new Int32Array(this.#line.length)
    this.#blurred = new Int32Array(Math.max(width, height))
    this.#turned = new Uint16Array(width * height * channels)
  }

  /**
   * Source and target may be the same.
   *
   * @throws RangeError when a view does not hold its picture
   */
  run(source: PixelView, target: PixelView): void {
    checkView('source', source, this.#width, this.#height, this.#channels)
    checkView('target', target, this.#width, this.#height, this.#channels)
    for (let c = 0; c < this.#channels; c++) {
      for (let y = 0; y < this.#height; y++) this.#blurRow(source, y, c)
    }
    for (let c = 0; c < this.#channels; c++) {
      for (let x = 0; x < this.#width; x++) this.#blurColumn(target, x, c)
    }
  }

  #blurRow({ data, offset, stride }: PixelView, y: number, channel: number): void {
    const [line, columns, blurred, out] = [this.#line, this.#mirroredColumns, this.#blurred, this.#turned]
    const start = offset + y * stride + channel
    for (let i = 0; i < columns.length; i++) line[i] = data[start + columns[i]! * this.#channels]!
    blurLine(line, this.#runs, this.#weights, this.#width, blurred)
    let at = channel * this.#width * this.#height + y
    for (let x = 0; x < this.#width; x++, at += this.#height) out[at] = blurred[x]!
  }

  #blurColumn({ data, offset, stride }: PixelView, x: number, channel: number): void {
    const [line, rows, blurred, turned] = [this.#line, this.#mirroredRows, this.#blurred, this.#turned]
    const start = (channel * this.#width + x) * this.#height
    for (let i = 0; i < rows.length; i++) line[i] = turned[start + rows[i]!]!
    blurLine(line, this.#runs, this.#weights, this.#height, blurred)
    let at = offset + x * this.#channels + channel
    for (let y = 0; y < this.#height; y++, at += stride) data[at] = (blurred[y]! + (1 << 15)) >> 16
  }
}

/**
 * Writes Σ weight·line around each of the `length` elements past the first radius. Both sides of the centre share a
 * weight, and where all elements are alike, as nearly everywhere in a mask, the weights' sum is all that counts.
 */
function blurLine(
  line: Int32Array,
  runs: Int32Array,
  weights: Int32Array,
  length: number,
  out: Int32Array,
): void {
  const radius = weights.length - 1
  measureRuns(line, runs, length + 2 * radius)
  for (let i = 0; i < length; i++) {
    const centre = i + radius
    if (runs[centre + radius]! > 2 * radius) {
      out[i] = line[centre]! * ONE
      continue
    }
    let sum = line[centre]! * weights[0]!
    for (let k = 1; k <= radius; k++) sum += (line[centre - k]! + line[centre + k]!) * weights[k]!
    out[i] = sum
  }
}

/** Writes for each element how many alike end with it. */
function measureRuns(line: Int32Array, runs: Int32Array, length: number): void {
  runs[0] = 1
  for (let i = 1; i < length; i++) runs[i] = line[i] === line[i - 1] ? runs[i - 1]! + 1 : 1
}

/** Sources of the elements −radius … size + radius − 1, mirrored about the outermost ones (reflect-101). */
function mirrored(size: number, radius: number): Int32Array {
  const period = Math.max(1, 2 * (size - 1))
  return Int32Array.from({ length: size + 2 * radius }, (_, i) => {
    const at = (((i - radius) % period) + period) % period
    return at < size ? at : period - at
  })
}

/** OpenCV's tables for small kernels: centre first, in 1/256. */
const SMALL: Readonly<Record<number, readonly number[]>> = {
  1: [256],
  3: [128, 64],
  5: [96, 64, 16],
  7: [72, 56, 28, 8],
}

/**
 * Weights in 1/256 that sum to 1, centre first. Beyond the tables, a Gaussian of deviation 0.3·((size − 1)/2 − 1) + 0.8,
 * rounded from the ends inwards with the error carried on; the centre takes what is left.
 */
function gaussianWeights(size: number): Int32Array {
  if (size % 2 === 0) throw new RangeError(`Expected the size of the blur to be odd, got ${size}`)
  const small = SMALL[size]
  if (small) return Int32Array.from(small)
  const radius = (size - 1) / 2
  const deviation = 0.3 * (radius - 1) + 0.8
  const bell = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp((-i * i) / (2 * deviation ** 2)))
  const total = bell[0]! + 2 * bell.subarray(1).reduce((sum, value) => sum + value, 0)
  const weights = new Int32Array(radius + 1)
  let error = 0
  let taken = 0
  for (let i = radius; i > 0; i--) {
    const wanted = (bell[i]! / total) * ONE + error
    weights[i] = roundHalfEven(wanted)
    error = wanted - weights[i]!
    taken += 2 * weights[i]!
  }
  weights[0] = ONE - taken
  return weights
}
