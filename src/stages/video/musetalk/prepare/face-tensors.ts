import { FACE_SIZE } from '../contract.js'

const PLANE = FACE_SIZE * FACE_SIZE

/** Values of the two pictures that the encoder is shown: 2 × 3 × 256 × 256. */
export const FACE_TENSOR_VALUES = 2 * 3 * PLANE

/** Byte → value in [-1, 1], each step in single precision as PyTorch takes it. */
const SCALED = Float32Array.from({ length: 256 }, (_, byte) => (Math.fround(byte / 255) - 0.5) / 0.5)

/**
 * A face as the encoder takes it: with its lower half black, and whole.
 *
 * @param rgb 256 × 256 RGB pixels
 * @param out receives two pictures of three planes
 */
export function writeFaceTensors(rgb: Uint8Array, out: Float32Array): void {
  const masked = out.subarray(0, 3 * PLANE)
  const whole = out.subarray(3 * PLANE)
  for (let i = 0; i < PLANE; i++) {
    for (let c = 0; c < 3; c++) whole[c * PLANE + i] = SCALED[rgb[i * 3 + c]!]!
  }
  masked.fill(-1)
  for (let c = 0; c < 3; c++) masked.set(whole.subarray(c * PLANE, c * PLANE + PLANE / 2), c * PLANE)
}
