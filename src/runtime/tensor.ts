import { InferenceError } from '../errors.js'

/** The element types a graph may use, with the array that holds each. float16 is raw bits in a Uint16Array. */
export interface TensorArrays {
  float32: Float32Array
  float64: Float64Array
  float16: Uint16Array
  int8: Int8Array
  uint8: Uint8Array
  bool: Uint8Array
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
  uint32: Uint32Array
  int64: BigInt64Array
  uint64: BigUint64Array
}

export type TensorType = keyof TensorArrays
export type TensorData = TensorArrays[TensorType]

const arrayOfType: {
  readonly [Type in TensorType]: { readonly name: string; readonly prototype: TensorArrays[Type] }
} = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
}

/** What is given to a graph; its element type is the one the graph declares. */
export interface TensorInput {
  readonly data: TensorData
  readonly dims: readonly number[]
}

/** What a graph gives. */
export interface Tensor extends TensorInput {
  readonly type: TensorType
}

/** An input or output as the graph declares it. A dimension is a size, or the name of one that varies. */
export interface TensorInfo {
  readonly name: string
  readonly type: TensorType
  readonly shape: readonly (number | string)[]
}

/** Whether a name is an element type that phiz can pass: all but strings and sub-byte numbers. */
export function isTensorType(type: string): type is TensorType {
  return Object.hasOwn(arrayOfType, type)
}

/** `name: float32 [1, frames, 80]`, for messages. */
export function describeTensor(info: TensorInfo): string {
  return `${info.name}: ${info.type} [${info.shape.join(', ')}]`
}

/**
 * The elements of an output, typed.
 *
 * @throws InferenceError when the tensor holds another type.
 */
export function dataOf<Type extends TensorType>(tensor: Tensor, type: Type): TensorArrays[Type] {
  if (tensor.type !== type) {
    throw new InferenceError(`a tensor is ${tensor.type} [${tensor.dims.join(', ')}]; ${type} was expected.`)
  }
  return tensor.data as TensorArrays[Type]
}

/**
 * Says how a given tensor differs from what the graph declares: array type, rank, fixed dimensions, element count.
 *
 * @returns A sentence for the error, or undefined when it fits.
 */
export function mismatch(info: TensorInfo, given: TensorInput): string | undefined {
  const { data, dims } = given
  const wanted = describeTensor(info)
  const expected = arrayOfType[info.type].name
  if (data.constructor.name !== expected) {
    return `${wanted} takes a ${expected}; it was given a ${data.constructor.name}.`
  }
  const fits =
    info.shape.length === dims.length &&
    info.shape.every((size, i) => typeof size === 'string' || size === dims[i])
  if (!fits) return `${wanted} was given the shape [${dims.join(', ')}].`
  const elements = dims.reduce((product, size) => product * size, 1)
  if (elements !== data.length) {
    return `${wanted} was given ${data.length} elements for the shape [${dims.join(', ')}], which holds ${elements}.`
  }
  return undefined
}
