import { TOKENS_PER_FRAME } from './contract.js'

/** Longest wavelength of the encoding, over 2π. */
const BASE = 10_000

/**
 * What is added to the tokens of a frame, so that the network tells them apart: `[50, width]`, where
 * `pe[p, 2k] = sin(p · w)`, `pe[p, 2k + 1] = cos(p · w)`, `w = 10000^(−2k / width)` (Vaswani et al. 2017, 3.5).
 * Frequencies and angles are rounded to float32, as the original computes them.
 *
 * @param width values of a token, even
 */
export function positionalEncoding(width: number): Float32Array {
  const table = new Float32Array(TOKENS_PER_FRAME * width)
  for (let k = 0; k < width; k += 2) {
    const frequency = Math.fround(Math.exp(Math.fround((-k * Math.log(BASE)) / width)))
    for (let position = 0; position < TOKENS_PER_FRAME; position++) {
      const angle = Math.fround(position * frequency)
      table[position * width + k] = Math.sin(angle)
      table[position * width + k + 1] = Math.cos(angle)
    }
  }
  return table
}
