import { checkSizes, checkView, type PixelView } from './pixel-view.js'
import type { StructuringElement } from './structuring-element.js'

/**
 * Dilation and erosion of one 8-bit channel, equal to OpenCV's `dilate` and `erode`: the largest (smallest) value
 * under the element, which is not flipped; what lies outside of the picture does not count. Under an element that
 * meets no pixel, dilation gives 0 and erosion 255. Work space is made once; a run allocates nothing.
 *
 * The element is taken apart into runs of pixels in a row, the extreme under a run is that of two overlapping powers
 * of two, and a run that several rows of the element share is looked for once.
 */
export class Morphology {
  readonly #width: number
  readonly #height: number
  readonly #element: StructuringElement
  readonly #runs: readonly Run[]
  /** Level p holds the largest of the 2^p elements from each place on, of a row with zeros around. */
  readonly #levels: readonly Uint8Array[]
  readonly #underRun: Uint8Array
  readonly #largest: Uint8Array

  /** @throws RangeError when a size is not a whole number of at least 1, or the element's mask does not fit its sizes */
  constructor(width: number, height: number, element: StructuringElement) {
    checkSizes({ width, height, elementWidth: element.width, elementHeight: element.height })
    if (element.mask.length !== element.width * element.height) {
      throw new RangeError(
        `Expected the mask of a ${element.width}×${element.height} element to have as many values, ` +
          `got ${element.mask.length}`,
      )
    }
    this.#width = width
    this.#height = height
    this.#element = element
    this.#runs = runsOf(element)
    const longest = this.#runs.reduce((most, { length }) => Math.max(most, length), 1)
    this.#levels = Array.from(
      { length: levelOf(longest) + 1 },
      () => new Uint8Array(width + element.width - 1),
    )
    this.#underRun = new Uint8Array(width)
    this.#largest = new Uint8Array(width * height)
  }

  /**
   * Source and target may be the same.
   *
   * @throws RangeError when a view does not hold its picture
   */
  dilate(source: PixelView, target: PixelView): void {
    this.#run(source, target, 0)
  }

  /**
   * Source and target may be the same.
   *
   * @throws RangeError when a view does not hold its picture
   */
  erode(source: PixelView, target: PixelView): void {
    this.#run(source, target, 255)
  }

  /** @param flip 255 turns white and black before and after, which makes the largest value the smallest. */
  #run(source: PixelView, target: PixelView, flip: 0 | 255): void {
    const [width, height] = [this.#width, this.#height]
    checkView('source', source, width, height, 1)
    checkView('target', target, width, height, 1)
    this.#largest.fill(0)
    for (let y = 0; y < height; y++) this.#spread(source, y, flip)
    for (let y = 0, from = 0; y < height; y++) {
      const end = target.offset + y * target.stride + width
      for (let at = end - width; at < end; at++, from++) target.data[at] = this.#largest[from]! ^ flip
    }
  }

  /** Lets one source row count in every target row from which the element reaches it. */
  #spread(source: PixelView, y: number, flip: number): void {
    const [width, levels] = [this.#width, this.#levels]
    if (!this.#load(source.data, source.offset + y * source.stride, flip)) return
    for (const { start, length, rows } of this.#runs) {
      const level = levels[levelOf(length)]!
      const second = start + length - (1 << levelOf(length))
      for (let x = 0; x < width; x++) this.#underRun[x] = larger(level[x + start]!, level[x + second]!)
      for (const row of rows) {
        const targetRow = y - row + (this.#element.height >> 1)
        if (targetRow < 0 || targetRow >= this.#height) continue
        takeLarger(this.#largest, targetRow * width, this.#underRun)
      }
    }
  }

  /** @returns false when the row is zeros, which change nothing */
  #load(data: Uint8Array, start: number, flip: number): boolean {
    const [row, ...above] = this.#levels as [Uint8Array, ...Uint8Array[]]
    const lead = this.#element.width >> 1
    let any = 0
    for (let x = 0; x < this.#width; x++) any |= row[lead + x] = data[start + x]! ^ flip
    if (any === 0) return false
    let below = row
    let half = 1
    for (const level of above) {
      for (let i = 0; i + half < level.length; i++) level[i] = larger(below[i]!, below[i + half]!)
      below = level
      half *= 2
    }
    return true
  }
}

/** Neighbouring pixels of an element's row that count, and the rows that have the same. */
interface Run {
  readonly start: number
  readonly length: number
  readonly rows: readonly number[]
}

function runsOf({ width, height, mask }: StructuringElement): Run[] {
  const runs = new Map<string, { start: number; length: number; rows: number[] }>()
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const start = x
      while (x < width && mask[y * width + x] !== 0) x++
      if (x === start) continue
      const key = `${start}-${x}`
      const run = runs.get(key) ?? { start, length: x - start, rows: [] }
      run.rows.push(y)
      runs.set(key, run)
    }
  }
  return [...runs.values()]
}

/** The largest p with 2^p ≤ length. */
function levelOf(length: number): number {
  return 31 - Math.clz32(length)
}

function larger(a: number, b: number): number {
  return a > b ? a : b
}

function takeLarger(into: Uint8Array, start: number, from: Uint8Array): void {
  for (let i = 0; i < from.length; i++) {
    if (from[i]! > into[start + i]!) into[start + i] = from[i]!
  }
}
