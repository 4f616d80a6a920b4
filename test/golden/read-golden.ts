import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A tensor that an exporter stored: its numbers row by row. */
export type GoldenTensor =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array }

interface Entry {
  readonly file?: string
  readonly offset?: number
  readonly dtype: string
  readonly shape: readonly number[]
}

/**
 * The stored tensors of a folder of test/golden: `golden.json` names them, `golden.bin` (or the file that an entry
 * names) holds their numbers, little-endian. float16 is widened to float32. Pictures, which are PNG files beside them, are
 * left out.
 *
 * @param folder - Path of the folder.
 * @throws Error that names the tensor when its type is not known or its numbers lie outside the file.
 */
export function readGolden(folder: string): Record<string, GoldenTensor> {
  const index = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Record<string, Entry>
  const files = new Map<string, Buffer>()
  const bytesOf = (file: string) => {
    const bytes = files.get(file) ?? readFileSync(join(folder, file))
    files.set(file, bytes)
    return bytes
  }
  const numbers = Object.entries(index).filter(([, { file }]) => file?.endsWith('.png') !== true)
  const tensors = numbers.map(([name, entry]) => {
    try {
      return [name, read(bytesOf(entry.file ?? 'golden.bin'), entry)] as const
    } catch (error) {
      throw new Error(`${folder}: ${name}: ${(error as Error).message}`, { cause: error })
    }
  })
  return Object.fromEntries(tensors)
}

/**
 * The numbers of a float32 tensor.
 *
 * @throws Error when there is no such tensor, or it is not of float32.
 */
export function floats(golden: Record<string, GoldenTensor>, name: string): Float32Array {
  const tensor = golden[name]
  if (tensor?.dtype !== 'float32')
    throw new Error(`the golden tensor ${name} is ${tensor === undefined ? 'missing' : tensor.dtype}`)
  return tensor.data
}

function read(bytes: Buffer, { offset = 0, dtype, shape }: Entry): GoldenTensor {
  const count = shape.reduce((product, size) => product * size, 1)
  const part = (size: number) => {
    const end = offset + count * size
    if (end > bytes.length) throw new Error(`needs bytes ${offset} to ${end} of a file of ${bytes.length}`)
    return bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + end) as ArrayBuffer
  }
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(part(4)) }
    case 'float16':
      return { dtype: 'float32', shape, data: Float32Array.from(new Uint16Array(part(2)), fromHalf) }
    case 'int32':
      return { dtype, shape, data: new Int32Array(part(4)) }
    case 'uint8':
      return { dtype, shape, data: new Uint8Array(part(1)) }
    default:
      throw new Error(`has the type ${dtype}; known are float32, float16, int32 and uint8`)
  }
}

/** IEEE 754 half precision: 1 sign bit, 5 of exponent, 10 of fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
