import { endianness } from 'node:os'

const BIG_ENDIAN = endianness() === 'BE'

/** Numbers as little-endian float32: the content of `landmarks.f32`. */
export function landmarksToBytes(landmarks: Float32Array): Uint8Array {
  const copy = Buffer.from(Float32Array.from(landmarks).buffer)
  return BIG_ENDIAN ? copy.swap32() : copy
}

/**
 * The numbers of a `landmarks.f32`.
 *
 * @param bytes A multiple of 4; not changed.
 */
export function landmarksFromBytes(bytes: Uint8Array): Float32Array {
  // A copy also brings the numbers to an address that a Float32Array can begin at.
  const copy = Buffer.from(Uint8Array.from(bytes).buffer)
  if (BIG_ENDIAN) copy.swap32()
  return new Float32Array(copy.buffer, copy.byteOffset, copy.length / 4)
}
