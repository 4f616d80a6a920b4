import { samplePoints, WEIGHT_ONE } from './opencv-sampling.js'
import { checkSizes, checkView, type Channels, type PixelView } from './pixel-view.js'
import { roundHalfEven } from './round-half-even.js'

/** Source pixels that make one target pixel along a row or a column: three before it, itself and four after. */
const TAPS = 8
const BEFORE = 3
const AFTER = 4

/**
 * Lanczos resizing equal to OpenCV's `resize(…, INTER_LANCZOS4)` on 8-bit pictures, bit for bit: eight taps whatever
 * the scale (no averaging when it shrinks), weights in 1/2048, edges repeated, one rounding at the end. Weights and
 * work space are made once; a run allocates nothing.
 */
export class Lanczos4Resizer {
  readonly #sourceWidth: number
  readonly #sourceHeight: number
  readonly #targetWidth: number
  readonly #targetHeight: number
  readonly #channels: Channels
  readonly #columns: Taps
  readonly #rows: Taps
  /** One source row with its edges repeated. */
  readonly #padded: Uint8Array
  /** Source row r at the target's width lies in slot r mod 8: the eight of one target row never share one. */
  readonly #stretched: readonly Int32Array[]
  readonly #held = new Int32Array(TAPS)
  /** Those of the current target row, from the uppermost on. */
  readonly #window: Int32Array[] = []

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
    this.#columns = tapsOf(sourceWidth, targetWidth)
    this.#rows = tapsOf(sourceHeight, targetHeight)
    this.#padded = new Uint8Array((BEFORE + 1 + sourceWidth + AFTER) * channels)
    this.#stretched = Array.from({ length: TAPS }, () => new Int32Array(targetWidth * channels))
  }

  /** @throws RangeError when a view does not hold its picture */
  run(source: PixelView, target: PixelView): void {
    checkView('source', source, this.#sourceWidth, this.#sourceHeight, this.#channels)
    checkView('target', target, this.#targetWidth, this.#targetHeight, this.#channels)
    this.#held.fill(-1)
    const { first, weights } = this.#rows
    const last = this.#sourceHeight - 1
    for (let y = 0; y < this.#targetHeight; y++) {
      for (let tap = 0; tap < TAPS; tap++) {
        this.#window[tap] = this.#stretchedRow(source, Math.max(0, Math.min(first[y]! + tap, last)))
      }
      mixRows(this.#window, weights, y * TAPS, target.data, target.offset + y * target.stride)
    }
  }

  #stretchedRow(source: PixelView, y: number): Int32Array {
    const slot = y % TAPS
    const row = this.#stretched[slot]!
    if (this.#held[slot] !== y) {
      this.#held[slot] = y
      this.#pad(source, y)
      stretchRow(this.#padded, this.#columns, this.#channels, row)
    }
    return row
  }

  /** Four edge pixels before and after: a target pixel may lie up to one pixel before the first centre. */
  #pad(source: PixelView, y: number): void {
    const channels = this.#channels
    const start = source.offset + y * source.stride
    const length = this.#sourceWidth * channels
    const lead = (BEFORE + 1) * channels
    for (let i = 0; i < lead; i++) this.#padded[i] = source.data[start + (i % channels)]!
    for (let i = 0; i < length; i++) this.#padded[lead + i] = source.data[start + i]!
    for (let i = lead + length; i < this.#padded.length; i++) {
      this.#padded[i] = this.#padded[i - channels]!
    }
  }
}

/** For each target column or row: its first source pixel, from −4 on, and its eight weights in 1/2048. */
interface Taps {
  readonly first: Int32Array
  readonly weights: Int32Array
}

function tapsOf(sourceSize: number, targetSize: number): Taps {
  const points = samplePoints(sourceSize, targetSize)
  const weights = new Int32Array(targetSize * TAPS)
  points.forEach(({ fraction }, i) => weights.set(lanczosWeights(fraction), i * TAPS))
  return { first: Int32Array.from(points, ({ index }) => index - BEFORE), weights }
}

/** (cos, sin) of −kπ/4 and so on, such that tap i's sine follows from that of tap 0: OpenCV's addition theorem. */
const TURNS = [
  [1, 0],
  [-Math.SQRT1_2, -Math.SQRT1_2],
  [0, 1],
  [Math.SQRT1_2, -Math.SQRT1_2],
  [-1, 0],
  [Math.SQRT1_2, Math.SQRT1_2],
  [0, -1],
  [-Math.SQRT1_2, Math.SQRT1_2],
] as const

/** Windowed sinc at distances fraction + 3 … fraction − 4, in single precision where OpenCV has it, to 1/2048. */
function lanczosWeights(fraction: number): Int32Array {
  const start = (-Math.fround(fraction + BEFORE) * Math.PI) / 4
  const [sin, cos] = [Math.sin(start), Math.cos(start)]
  const weights = Float32Array.from(TURNS, ([a, b], tap) => {
    const distance = Math.fround(fraction + BEFORE - tap)
    // On a pixel's centre the quotient has no value: that pixel outweighs all others.
    if (Math.abs(distance) < 1e-6) return 1e30
    const angle = (-distance * Math.PI) / 4
    return (a * sin + b * cos) / (angle * angle)
  })
  const sum = weights.reduce((total, weight) => Math.fround(total + weight), 0)
  const scale = Math.fround(1 / sum)
  return Int32Array.from(weights, (weight) => roundHalfEven(Math.fround(weight * scale) * WEIGHT_ONE))
}

function stretchRow(padded: Uint8Array, { first, weights }: Taps, channels: Channels, out: Int32Array): void {
  for (let x = 0, o = 0, w = 0; x < first.length; x++, w += TAPS) {
    const w0 = weights[w]!
    const w1 = weights[w + 1]!
    const w2 = weights[w + 2]!
    const w3 = weights[w + 3]!
    const w4 = weights[w + 4]!
    const w5 = weights[w + 5]!
    const w6 = weights[w + 6]!
    const w7 = weights[w + 7]!
    const start = (first[x]! + BEFORE + 1) * channels
    for (let c = 0; c < channels; c++, o++) {
      let at = start + c
      let sum = padded[at]! * w0
      sum += padded[(at += channels)]! * w1
      sum += padded[(at += channels)]! * w2
      sum += padded[(at += channels)]! * w3
      sum += padded[(at += channels)]! * w4
      sum += padded[(at += channels)]! * w5
      sum += padded[(at += channels)]! * w6
      sum += padded[at + channels]! * w7
      out[o] = sum
    }
  }
}

function mixRows(
  rows: readonly Int32Array[],
  weights: Int32Array,
  at: number,
  out: Uint8Array,
  start: number,
): void {
  const [r0, r1, r2, r3, r4, r5, r6, r7] = rows as EightRows
  const w0 = weights[at]!
  const w1 = weights[at + 1]!
  const w2 = weights[at + 2]!
  const w3 = weights[at + 3]!
  const w4 = weights[at + 4]!
  const w5 = weights[at + 5]!
  const w6 = weights[at + 6]!
  const w7 = weights[at + 7]!
  for (let i = 0; i < r0.length; i++) {
    // The sum of the eight stays within 32 bits; Math.imul keeps the compiler from thinking of doubles.
    const sum =
      (Math.imul(r0[i]!, w0) +
        Math.imul(r1[i]!, w1) +
        Math.imul(r2[i]!, w2) +
        Math.imul(r3[i]!, w3) +
        Math.imul(r4[i]!, w4) +
        Math.imul(r5[i]!, w5) +
        Math.imul(r6[i]!, w6) +
        Math.imul(r7[i]!, w7) +
        (1 << 21)) >>
      22
    out[start + i] = sum < 0 ? 0 : sum > 255 ? 255 : sum
  }
}

type EightRows = readonly [
  ...[Int32Array, Int32Array, Int32Array, Int32Array],
  ...[Int32Array, Int32Array, Int32Array, Int32Array],
]
