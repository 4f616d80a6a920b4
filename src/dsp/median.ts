/**
 * Sorts the first `count` values, a few, and returns the middle one: the upper of two.
 */
export function medianOf(values: Float32Array, count: number): number {
  for (let i = 1; i < count; i++) {
    const value = values[i]!
    let at = i
    for (; at > 0 && values[at - 1]! > value; at--) values[at] = values[at - 1]!
    values[at] = value
  }
  return values[count >> 1]!
}

/**
 * Writes the median of each value and its neighbours; at the ends there are fewer of them. The window is kept sorted, so
 * that a step costs a removal and an insertion.
 *
 * @param radius neighbours to each side
 * @param window work space for 2 · radius + 1 values
 */
export function slidingMedian(
  values: Float32Array,
  radius: number,
  output: Float32Array,
  window: Float32Array,
): void {
  let count = 0
  for (let i = -radius; i < values.length; i++) {
    const entering = i + radius
    const leaving = i - radius - 1
    if (leaving >= 0) {
      let at = 0
      while (window[at] !== values[leaving]) at++
      window.copyWithin(at, at + 1, count--)
    }
    if (entering < values.length) {
      const value = values[entering]!
      let at = count++
      for (; at > 0 && window[at - 1]! > value; at--) window[at] = window[at - 1]!
      window[at] = value
    }
    if (i >= 0) output[i] = window[count >> 1]!
  }
}
