/**
 * Anti-aliased coverage of a small polygon: how much of each pixel lies inside. Exact along x, four sub-rows along y.
 */
export class CoverageMask {
  /** Coverage in [0, 1], `width` values a row; valid until the next `fill`. */
  readonly values: Float32Array
  /** Left edge of the mask in the picture, in pixels. */
  x = 0
  /** Top edge of the mask in the picture, in pixels. */
  y = 0
  width = 0
  height = 0
  readonly #crossings = new Float32Array(32)

  /** @param capacity The most pixels that a mask can have; a larger polygon is cut at the bottom. */
  constructor(capacity: number) {
    this.values = new Float32Array(capacity)
  }

  /**
   * Measures a closed polygon with the even-odd rule. The mask's rectangle becomes the polygon's bounds, grown by
   * `margin` pixels and cut to the picture.
   *
   * @param polygon Interleaved x, y in pixels; pixel centres have whole coordinates.
   * @param count Number of corners.
   */
  fill(
    polygon: Float32Array,
    count: number,
    pictureWidth: number,
    pictureHeight: number,
    margin: number,
  ): void {
    let minX = Infinity
    let maxX = -Infinity
    let minY = Infinity
    let maxY = -Infinity
    for (let i = 0; i < count; i++) {
      minX = Math.min(minX, polygon[i * 2]!)
      maxX = Math.max(maxX, polygon[i * 2]!)
      minY = Math.min(minY, polygon[i * 2 + 1]!)
      maxY = Math.max(maxY, polygon[i * 2 + 1]!)
    }
    this.x = Math.max(0, Math.floor(minX) - margin)
    this.y = Math.max(0, Math.floor(minY) - margin)
    this.width = Math.max(0, Math.min(pictureWidth - 1, Math.ceil(maxX) + margin) - this.x + 1)
    this.height = Math.max(0, Math.min(pictureHeight - 1, Math.ceil(maxY) + margin) - this.y + 1)
    if (this.width * this.height > this.values.length) {
      this.height = this.width > 0 ? Math.floor(this.values.length / this.width) : 0
    }
    this.values.fill(0, 0, this.width * this.height)
    for (let row = 0; row < this.height; row++) {
      for (let sub = 0; sub < 4; sub++)
        this.#addSubRow(polygon, count, row, this.y + row - 0.375 + sub * 0.25)
    }
  }

  #addSubRow(polygon: Float32Array, count: number, row: number, y: number): void {
    const crossings = this.#crossings
    let found = 0
    for (let i = 0, j = count - 1; i < count; j = i++) {
      const y0 = polygon[j * 2 + 1]!
      const y1 = polygon[i * 2 + 1]!
      if (y0 <= y === y1 <= y || found === crossings.length) continue
      const x0 = polygon[j * 2]!
      let at = found++
      const x = x0 + ((y - y0) / (y1 - y0)) * (polygon[i * 2]! - x0)
      for (; at > 0 && crossings[at - 1]! > x; at--) crossings[at] = crossings[at - 1]!
      crossings[at] = x
    }
    for (let k = 0; k + 1 < found; k += 2) this.#addSpan(row, crossings[k]!, crossings[k + 1]!)
  }

  /** Adds a quarter of the horizontal overlap of [from, to] with each pixel of the row. */
  #addSpan(row: number, from: number, to: number): void {
    const left = Math.max(from - this.x + 0.5, 0)
    const right = Math.min(to - this.x + 0.5, this.width)
    if (right <= left) return
    const first = Math.floor(left)
    const last = Math.min(this.width - 1, Math.floor(right))
    const base = row * this.width
    for (let x = first; x <= last; x++) {
      this.values[base + x]! += 0.25 * (Math.min(right, x + 1) - Math.max(left, x))
    }
  }
}
