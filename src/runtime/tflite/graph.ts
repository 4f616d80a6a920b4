import { ModelLoadError } from '../../errors.js'
import { FlatBuffer, type Table } from './flatbuffer.js'

/**
 * A TFLite model as a list of operators over tensors. Field and code numbers are those of TensorFlow Lite's
 * schema.fbs, version 3: the n-th field of a table there is number n here, counted from 0.
 */

export interface TfliteTensor {
  readonly name: string
  /** Batch, height, width, channels where there are four. */
  readonly shape: readonly number[]
  readonly type: TfliteType
  /** The raw elements of a constant, little-endian; undefined for what is computed. */
  readonly constant: Uint8Array | undefined
}

export interface TfliteOperator {
  readonly kind: OperatorKind
  /** Indices of tensors; −1 stands for an optional one that is left out. */
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly options: OperatorOptions
}

export interface TfliteGraph {
  readonly tensors: readonly TfliteTensor[]
  /** In an order in which they can be run. */
  readonly operators: readonly TfliteOperator[]
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
}

/** Reads the options of one operator by their field numbers. */
export interface OperatorOptions {
  int8(field: number, missing?: number): number
  int32(field: number, missing?: number): number
}

const TYPES = { 0: 'float32', 1: 'float16', 2: 'int32' } as const
export type TfliteType = (typeof TYPES)[keyof typeof TYPES]

const ELEMENT_SIZE: Readonly<Record<TfliteType, number>> = { float32: 4, float16: 2, int32: 4 }

/** The operators that can be converted, by the names that schema.fbs gives their codes. */
const OPERATORS = {
  0: 'ADD',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  17: 'MAX_POOL_2D',
  19: 'RELU',
  22: 'RESHAPE',
  34: 'PAD',
  54: 'PRELU',
} as const
export type OperatorKind = (typeof OPERATORS)[keyof typeof OPERATORS]

const CUSTOM_OPERATOR = 32

/** No face network comes near these; damaged counts do. */
const MOST_ITEMS = 10_000
const MOST_DIMENSIONS = 4
const MOST_ELEMENTS = 2 ** 26

/**
 * Reads the first subgraph of a model.
 *
 * @param bytes - The .tflite file; constants are views into it.
 * @throws ModelLoadError when the bytes are no TFLite model, are damaged, or use an operator or a type that is not
 * known here; it names which.
 */
export function readTflite(bytes: Uint8Array): TfliteGraph {
  const buffer = new FlatBuffer(bytes)
  if (buffer.identifier !== 'TFL3') {
    throw new ModelLoadError('The bytes are no TFLite model: "TFL3" is missing at byte 4.')
  }
  const model = buffer.root()
  const codes = few(buffer.tables(model, 1), 'operator codes').map((code) => operatorKind(buffer, code))
  const [subgraph] = buffer.tables(model, 2)
  if (subgraph === undefined) throw new ModelLoadError('The TFLite model has no subgraph.')
  const constants = few(buffer.tables(model, 4), 'buffers').map((entry) => buffer.octets(entry, 0))
  const tensors = few(buffer.tables(subgraph, 0), 'tensors').map((table) =>
    readTensor(buffer, table, constants),
  )
  const operatorTables = few(buffer.tables(subgraph, 3), 'operators')
  const kinds = knownKinds(operatorTables.map((table) => at(codes, buffer.int32(table, 0), 'operator code')))
  const operators = operatorTables.map((table, k) => ({
    kind: kinds[k]!,
    inputs: tensorIndices(buffer.int32s(table, 1), tensors.length, -1),
    outputs: tensorIndices(buffer.int32s(table, 2), tensors.length, 0),
    options: readOptions(buffer, table),
  }))
  return {
    tensors,
    operators,
    inputs: tensorIndices(buffer.int32s(subgraph, 1), tensors.length, 0),
    outputs: tensorIndices(buffer.int32s(subgraph, 2), tensors.length, 0),
  }
}

/** An operator that cannot be converted, as messages call it. */
interface UnknownKind {
  readonly unknown: string
}

function operatorKind(buffer: FlatBuffer, code: Table): OperatorKind | UnknownKind {
  // Old files have the code in a byte, new ones in field 3; the other one is then 0 or a placeholder below it.
  const number = Math.max(buffer.int8(code, 0), buffer.int32(code, 3))
  const kind = (OPERATORS as Readonly<Record<number, OperatorKind>>)[number]
  if (kind !== undefined) return kind
  return { unknown: number === CUSTOM_OPERATOR ? `"${buffer.text(code, 1)}"` : `builtin ${number}` }
}

/** Of the operators that are used: a model may list codes that it does not use. */
function knownKinds(kinds: readonly (OperatorKind | UnknownKind)[]): OperatorKind[] {
  const unknown = new Set(kinds.flatMap((kind) => (typeof kind === 'string' ? [] : [kind.unknown])))
  if (unknown.size === 0) return kinds as OperatorKind[]
  throw new ModelLoadError(
    `The TFLite model uses operators that cannot be converted: ${[...unknown].join(', ')}; ` +
      `only these can: ${Object.values(OPERATORS).join(', ')}.`,
  )
}

function readTensor(
  buffer: FlatBuffer,
  table: Table,
  constants: readonly (Uint8Array | undefined)[],
): TfliteTensor {
  const name = buffer.text(table, 3)
  const shape = buffer.int32s(table, 0)
  const elements = shape.reduce((product, size) => product * size, 1)
  if (shape.length > MOST_DIMENSIONS || shape.some((size) => size < 1) || !(elements <= MOST_ELEMENTS)) {
    throw new ModelLoadError(
      `The TFLite tensor "${name}" has the shape [${shape.slice(0, 8).join(', ')}]; up to ${MOST_DIMENSIONS} ` +
        `dimensions of 1 or more with ${MOST_ELEMENTS} elements at the most are expected.`,
    )
  }
  const code = buffer.int8(table, 1)
  const type = (TYPES as Readonly<Record<number, TfliteType>>)[code]
  if (type === undefined) {
    const known = Object.values(TYPES).join(', ')
    throw new ModelLoadError(
      `The TFLite tensor "${name}" is of type ${code}; only ${known} can be converted.`,
    )
  }
  const data = at(constants, buffer.int32(table, 2), 'buffer')
  const constant = data === undefined || data.length === 0 ? undefined : data
  if (constant !== undefined && constant.length !== elements * ELEMENT_SIZE[type]) {
    throw new ModelLoadError(
      `The TFLite tensor "${name}" has ${constant.length} bytes; ${elements} elements of ${type} have ` +
        `${elements * ELEMENT_SIZE[type]}.`,
    )
  }
  return { name, shape, type, constant }
}

function readOptions(buffer: FlatBuffer, operator: Table): OperatorOptions {
  const options = buffer.table(operator, 4)
  return {
    int8: (field, missing = 0) => (options === undefined ? missing : buffer.int8(options, field, missing)),
    int32: (field, missing = 0) => (options === undefined ? missing : buffer.int32(options, field, missing)),
  }
}

function tensorIndices(indices: number[], count: number, least: number): number[] {
  if (indices.length > MOST_ITEMS || indices.some((index) => index < least || index >= count)) {
    throw new ModelLoadError(
      `The TFLite model is damaged: it refers to tensor ${Math.max(...indices.slice(0, 8))}, but has ${count}.`,
    )
  }
  return indices
}

function few(tables: Table[], what: string): Table[] {
  if (tables.length <= MOST_ITEMS) return tables
  throw new ModelLoadError(
    `The TFLite model has ${tables.length} ${what}; ${MOST_ITEMS} at the most are expected.`,
  )
}

function at<T>(list: readonly T[], index: number, what: string): T {
  if (index < 0 || index >= list.length) {
    throw new ModelLoadError(
      `The TFLite model is damaged: it refers to ${what} ${index}, but has ${list.length}.`,
    )
  }
  return list[index] as T
}
