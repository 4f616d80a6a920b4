import { ModelLoadError } from '../../errors.js'
import type { TfliteTensor } from './graph.js'

/**
 * The elements of a constant as float32; float16 ones are widened, which loses nothing.
 *
 * @throws ModelLoadError when the tensor is computed, or is not made of floating-point numbers.
 */
export function floatsOf(tensor: TfliteTensor): Float32Array {
  const bytes = bytesOf(tensor)
  if (tensor.type === 'float32') return new Float32Array(bytes.buffer)
  if (tensor.type === 'float16') return widened(new Uint16Array(bytes.buffer))
  throw new ModelLoadError(
    `The TFLite tensor "${tensor.name}" is ${tensor.type}; floating-point numbers are expected.`,
  )
}

/**
 * The elements of an int32 constant.
 *
 * @throws ModelLoadError when the tensor is computed, or of another type.
 */
export function integersOf(tensor: TfliteTensor): Int32Array {
  const bytes = bytesOf(tensor)
  if (tensor.type === 'int32') return new Int32Array(bytes.buffer)
  throw new ModelLoadError(`The TFLite tensor "${tensor.name}" is ${tensor.type}; int32 is expected.`)
}

/** A copy: the bytes of a file need not lie where an array of numbers may begin. */
function bytesOf({ name, constant }: TfliteTensor): Uint8Array<ArrayBuffer> {
  if (constant === undefined) {
    throw new ModelLoadError(`The TFLite tensor "${name}" is computed; a constant is expected.`)
  }
  return Uint8Array.from(constant)
}

/** IEEE 754 binary16 → binary32: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function widened(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length)
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!
    const sign = half & 0x8000 ? -1 : 1
    const exponent = (half >> 10) & 0x1f
    const fraction = half & 0x3ff
    if (exponent === 0) floats[i] = sign * fraction * 2 ** -24
    else if (exponent === 0x1f) floats[i] = fraction === 0 ? sign * Infinity : NaN
    else floats[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }
  return floats
}
