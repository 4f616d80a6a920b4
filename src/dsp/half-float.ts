/**
 * IEEE 754 half precision (binary16) in its bits: 1 sign, 5 exponent (bias 15) and 10 fraction bits. Numbers from
 * 65 520 on become infinite, those below 2^−25 zero.
 */

/** 2^(exponent − 25): the worth of a fraction's last bit, by exponent bits; subnormals share the smallest. */
const LAST_BIT = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (Math.max(1, exponent) - 25))

/** The number that 16 bits of half precision stand for. */
export function halfToNumber(bits: number): number {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 0x3ff
  const sign = (bits & 0x8000) === 0 ? 1 : -1
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction : fraction + 1024) * LAST_BIT[exponent]!
}

/**
 * @param halves bits of half precision
 * @param out receives as many numbers
 * @returns `out`
 */
export function halvesToFloats(
  halves: Uint16Array,
  out: Float32Array = new Float32Array(halves.length),
): Float32Array {
  for (let i = 0; i < halves.length; i++) out[i] = halfToNumber(halves[i]!)
  return out
}

/**
 * Rounds to half precision, to the nearest and halves to the even one, as numpy's `astype(float16)` does.
 *
 * @param out receives as many 16-bit patterns
 * @returns `out`
 */
export function floatsToHalves(
  floats: Float32Array,
  out: Uint16Array = new Uint16Array(floats.length),
): Uint16Array {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length)
  for (let i = 0; i < bits.length; i++) out[i] = halfOfSingle(bits[i]!)
  return out
}

/** From the bits of single precision (1 sign, 8 exponent with bias 127, 23 fraction). */
function halfOfSingle(single: number): number {
  const sign = (single >>> 16) & 0x8000
  const magnitude = single & 0x7fffffff
  // Infinity, and NaN with the upper bits of its payload, or 1 where these are all 0.
  if (magnitude >= 0x7f800000) {
    const payload = magnitude & 0x7fffff
    return sign | 0x7c00 | (payload === 0 ? 0 : payload >> 13 || 1)
  }
  // Beyond ±65 519.99…: the carry of rounding would reach the exponent of infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  const exponent = magnitude >> 23
  // From 2^−14 on: 13 fraction bits fall away and the exponent's bias shrinks by 112.
  if (exponent > 112) return sign | roundedShift(magnitude - (112 << 23), 13)
  // Subnormal: the leading one becomes visible. Below 2^−25 nothing is left.
  if (exponent < 102) return sign
  return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent)
}

/** value / 2^shift to the nearest whole number, halves to the even one; a carry moves into the exponent, rightly. */
function roundedShift(value: number, shift: number): number {
  const whole = value >> shift
  const rest = value & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return rest > half || (rest === half && (whole & 1) === 1) ? whole + 1 : whole
}
