import { bytesOf, integer, message, nested, octets, text, type Encoded } from './protobuf.js'

/** The parts of an ONNX file. Field numbers are those of onnx.proto (https://github.com/onnx/onnx). */

/** onnx.proto's `Version` and the operator set: old enough for every runtime, new enough for `Pad` with inputs. */
const IR_VERSION = 8
const OPERATOR_SET = 13

/** AttributeProto.AttributeType */
const INT = 2
const INTS = 7

/** TensorProto.DataType */
const FLOAT = 1
const INT64 = 7

export type Attributes = Readonly<Record<string, number | readonly number[]>>

export interface Value {
  readonly name: string
  readonly shape: readonly number[]
}

/** A graph that is being written. */
export class OnnxGraph {
  readonly #nodes: Encoded[] = []
  readonly #constants: Encoded[] = []

  /** Adds an operator; `output` is the name it goes by from then on. Attributes are integers or lists of them. */
  node(operator: string, inputs: readonly string[], output: string, attributes: Attributes = {}): void {
    this.#nodes.push(
      nested(
        1,
        message(
          ...inputs.map((name) => text(1, name)),
          text(2, output),
          text(3, `${operator} ${output}`),
          text(4, operator),
          ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
        ),
      ),
    )
  }

  /** Adds a constant of float32. @returns its name */
  floats(values: Float32Array, shape: readonly number[]): string {
    return this.#constant(FLOAT, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), shape)
  }

  /** Adds a list of int64. @returns its name */
  integers(values: readonly number[]): string {
    const wide = BigInt64Array.from(values, BigInt)
    return this.#constant(INT64, new Uint8Array(wide.buffer), [values.length])
  }

  /** The whole file. Inputs and outputs are float32. */
  file(inputs: readonly Value[], outputs: readonly Value[]): Uint8Array<ArrayBuffer> {
    const graph = message(
      ...this.#nodes,
      text(2, 'converted'),
      ...this.#constants,
      ...inputs.map((value) => nested(11, valueInfo(value))),
      ...outputs.map((value) => nested(12, valueInfo(value))),
    )
    const operatorSet = message(text(1, ''), integer(2, OPERATOR_SET))
    return bytesOf(message(integer(1, IR_VERSION), text(2, 'phiz'), nested(7, graph), nested(8, operatorSet)))
  }

  #constant(type: number, raw: Uint8Array, shape: readonly number[]): string {
    const name = `constant_${this.#constants.length}`
    const dimensions = shape.map((size) => integer(1, size))
    this.#constants.push(nested(5, message(...dimensions, integer(2, type), text(8, name), octets(9, raw))))
    return name
  }
}

function attribute(name: string, value: number | readonly number[]): Encoded {
  const content =
    typeof value === 'number'
      ? [integer(3, value), integer(20, INT)]
      : [...value.map((item) => integer(8, item)), integer(20, INTS)]
  return nested(5, message(text(1, name), ...content))
}

function valueInfo({ name, shape }: Value): Encoded {
  const dimensions = message(...shape.map((size) => nested(1, integer(1, size))))
  const tensorType = message(integer(1, FLOAT), nested(2, dimensions))
  return message(text(1, name), nested(2, nested(1, tensorType)))
}
