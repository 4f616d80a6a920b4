/** Sample formats and levels: 16-bit PCM ⇄ float, peak, root mean square. */

const FULL_SCALE = 32768

/**
 * Reads 16-bit little-endian samples as floats in [-1, 1).
 *
 * @param bytes - two bytes a sample, at any alignment; an odd last byte is left alone.
 * @param output - receives the samples from its start.
 * @returns the number of samples written: as many as there are or as fit.
 */
export function s16leToFloat(bytes: Uint8Array, output: Float32Array): number {
  const count = Math.min(bytes.length >> 1, output.length)
  for (let i = 0; i < count; i++) {
    const word = bytes[2 * i]! | (bytes[2 * i + 1]! << 8)
    output[i] = ((word << 16) >> 16) / FULL_SCALE
  }
  return count
}

/**
 * Writes floats as 16-bit little-endian samples, rounded to the nearest; what lies outside of [-1, 1) is clipped
 * and NaN becomes silence. The inverse of {@link s16leToFloat}, exactly.
 *
 * @param output - receives two bytes a sample from its start.
 * @returns the number of bytes written: as many as there are or as fit.
 */
export function floatToS16le(samples: Float32Array, output: Uint8Array): number {
  const count = Math.min(samples.length, output.length >> 1)
  for (let i = 0; i < count; i++) {
    // The bitwise operators below turn NaN into 0.
    const value = Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(samples[i]! * FULL_SCALE)))
    output[2 * i] = value & 0xff
    output[2 * i + 1] = (value >> 8) & 0xff
  }
  return count * 2
}

/** The largest absolute value, 0 for no samples. */
export function peak(samples: Float32Array): number {
  let largest = 0
  for (const sample of samples) {
    const size = Math.abs(sample)
    if (size > largest) largest = size
  }
  return largest
}

/** Root mean square, 0 for no samples. A full-scale sine has 0.707. */
export function rms(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length)
}
