/** Rounds of relaxation; a patch of an eye settles in fewer. */
const ROUNDS = 240

/**
 * Fills unknown pixels of a small picture smoothly from the known ones around them: each becomes the mean of its
 * neighbours (Laplace's equation, by over-relaxation). Borders are mirrors.
 *
 * @param channels One array of values a channel; filled in place.
 * @param known 1 where values are given.
 */
export function fillSmoothly(
  channels: readonly Float32Array[],
  known: Uint8Array,
  width: number,
  height: number,
): void {
  let count = 0
  for (const value of known) count += value
  if (count === 0) return
  const omega = 1.7
  for (const values of channels) {
    let mean = 0
    for (let i = 0; i < values.length; i++) if (known[i]) mean += values[i]! / count
    for (let i = 0; i < values.length; i++) if (!known[i]) values[i] = mean
    for (let round = 0; round < ROUNDS; round++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const at = y * width + x
          if (known[at]) continue
          const around =
            (values[x > 0 ? at - 1 : at]! +
              values[x < width - 1 ? at + 1 : at]! +
              values[y > 0 ? at - width : at]! +
              values[y < height - 1 ? at + width : at]!) /
            4
          values[at]! += omega * (around - values[at]!)
        }
      }
    }
  }
}
