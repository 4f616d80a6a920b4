/** The latest values of one measure, oldest first. */
export class Series {
  readonly #capacity: number
  readonly #values: number[] = []

  /** @param capacity values that are kept */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get values(): readonly number[] {
    return this.#values
  }

  add(value: number): void {
    if (this.#values.length >= this.#capacity) this.#values.shift()
    this.#values.push(value)
  }
}

/**
 * The points of a line through values, for an SVG: x from 0 to `width` with the newest at the right edge of the values
 * there are room for, y from `height` (zero) to 0 (`top`, or the largest value when that is more).
 */
export function linePoints(
  values: readonly number[],
  { width, height, top, capacity }: { width: number; height: number; top: number; capacity: number },
): string {
  const largest = Math.max(top, ...values)
  const step = width / Math.max(1, capacity - 1)
  return values
    .map(
      (value, index) => `${round(index * step)},${round(height - (Math.max(0, value) / largest) * height)}`,
    )
    .join(' ')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
