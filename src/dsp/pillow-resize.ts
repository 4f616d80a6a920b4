import { checkSizes, checkView, type Channels, type PixelView } from './pixel-view.js'

/** `bilinear` is a triangle of one pixel either way, `bicubic` Keys' kernel with a = −½ of two. */
export type PillowFilter = 'bilinear' | 'bicubic'

const FILTERS: Readonly<Record<PillowFilter, { support: number; at: (distance: number) => number }>> = {
  bilinear: { support: 1, at: triangle },
  bicubic: { support: 2, at: keys },
}

/** Weights are kept in 2^−22. */
const FRACTION_BITS = 22

/**
 * Resizing equal to Pillow's `Image.resize` in the modes L and RGB, bit for bit: the filter widens when it shrinks
 * (so that every source pixel counts), rows first, rounded to 8 bits between the passes. Weights and work space are
 * made once; a run allocates nothing.
 */
export class PillowResizer {
  readonly #sourceWidth: number
  readonly #sourceHeight: number
  readonly #targetWidth: number
  readonly #targetHeight: number
  readonly #channels: Channels
  readonly #columns: Spans
  readonly #rows: Spans
  /** The source at the target's width. */
  readonly #stretched: Uint8Array
  readonly #sums: Int32Array

  /** @throws RangeError when a size is not a whole number of at least 1 */
  constructor(
    sourceWidth: number,
    sourceHeight: number,
    targetWidth: number,
    targetHeight: number,
    channels: Channels,
    filter: PillowFilter,
  ) {
    checkSizes({ sourceWidth, sourceHeight, targetWidth, targetHeight })
    this.#sourceWidth = sourceWidth
    this.#sourceHeight = sourceHeight
    this.#targetWidth = targetWidth
    this.#targetHeight = targetHeight
    this.#channels = channels
    this.#columns = spansOf(sourceWidth, targetWidth, filter)
    this.#rows = spansOf(sourceHeight, targetHeight, filter)
    this.#stretched = new Uint8Array(targetWidth * sourceHeight * channels)
    this.#sums = new Int32Array(targetWidth * channels)
  }

  /**
   * Source and target may overlap.
   *
   * @throws RangeError when a view does not hold its picture
   */
  run(source: PixelView, target: PixelView): void {
    checkView('source', source, this.#sourceWidth, this.#sourceHeight, this.#channels)
    checkView('target', target, this.#targetWidth, this.#targetHeight, this.#channels)
    const length = this.#targetWidth * this.#channels
    for (let y = 0; y < this.#sourceHeight; y++) {
      const start = source.offset + y * source.stride
      stretchRow(source.data, start, this.#columns, this.#channels, this.#stretched, y * length)
    }
    for (let y = 0; y < this.#targetHeight; y++) {
      sumRows(this.#stretched, this.#rows, y, this.#sums)
      const start = target.offset + y * target.stride
      for (let i = 0; i < length; i++) target.data[start + i] = clip(this.#sums[i]!)
    }
  }
}

/** For each target column or row: its run of source pixels and where their weights begin. */
interface Spans {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly weightsAt: Int32Array
  readonly weights: Int32Array
}

function spansOf(sourceSize: number, targetSize: number, filter: PillowFilter): Spans {
  const { support, at } = FILTERS[filter]
  const scale = sourceSize / targetSize
  const widening = Math.max(1, scale)
  const reach = support * widening
  const spans = Array.from({ length: targetSize }, (_, i) => {
    const centre = (i + 0.5) * scale
    const first = Math.max(0, Math.trunc(centre - reach + 0.5))
    const end = Math.min(sourceSize, Math.trunc(centre + reach + 0.5))
    const weights = Array.from({ length: end - first }, (_, k) =>
      at((k + first - centre + 0.5) * (1 / widening)),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map((weight) => fixedPoint(sum === 0 ? weight : weight / sum)) }
  })
  let taken = 0
  return {
    first: Int32Array.from(spans, ({ first }) => first),
    count: Int32Array.from(spans, ({ weights }) => weights.length),
    weightsAt: Int32Array.from(spans, ({ weights }) => (taken += weights.length) - weights.length),
    weights: Int32Array.from(spans.flatMap(({ weights }) => weights)),
  }
}

/** Rounds halves away from zero, as Pillow does. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** FRACTION_BITS + (weight < 0 ? -0.5 : 0.5))
}

function triangle(distance: number): number {
  return Math.max(0, 1 - Math.abs(distance))
}

function keys(distance: number): number {
  const a = -0.5
  const x = Math.abs(distance)
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

function stretchRow(
  data: Uint8Array,
  start: number,
  { first, count, weightsAt, weights }: Spans,
  channels: Channels,
  out: Uint8Array,
  offset: number,
): void {
  for (let x = 0, o = offset; x < first.length; x++) {
    const end = weightsAt[x]! + count[x]!
    for (let c = 0; c < channels; c++, o++) {
      let sum = 1 << (FRACTION_BITS - 1)
      let at = start + first[x]! * channels + c
      for (let w = weightsAt[x]!; w < end; w++, at += channels) sum += data[at]! * weights[w]!
      out[o] = clip(sum)
    }
  }
}

/** Row `y` before its shift to 8 bits, added up row by row so that memory is read in order. */
function sumRows(
  stretched: Uint8Array,
  { first, count, weightsAt, weights }: Spans,
  y: number,
  sums: Int32Array,
): void {
  sums.fill(1 << (FRACTION_BITS - 1))
  for (let k = 0; k < count[y]!; k++) {
    const weight = weights[weightsAt[y]! + k]!
    const start = (first[y]! + k) * sums.length
    for (let i = 0; i < sums.length; i++) sums[i]! += stretched[start + i]! * weight
  }
}

function clip(sum: number): number {
  const value = sum >> FRACTION_BITS
  return value < 0 ? 0 : value > 255 ? 255 : value
}
