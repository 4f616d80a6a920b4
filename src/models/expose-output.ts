import { bytesOf, integer, message, nested, text } from '../runtime/tflite/protobuf.js'
import type { ExposedTensor } from './pin.js'

/** TensorProto.DataType of onnx.proto. */
const DATA_TYPES = { float32: 1, int32: 6, int64: 7 } as const

/**
 * Makes a tensor inside an ONNX graph one of its outputs, without reading the graph: a message of Protocol Buffers with
 * another appended is the two merged, lists one after another
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins). What is appended is a graph of one `Identity` from
 * the tensor to the output. A tensor that is not there shows when the graph is loaded.
 *
 * @param file An ONNX file.
 * @returns A new file, some 70 bytes longer.
 */
export function withOutput(file: Uint8Array, { tensor, as }: ExposedTensor): Uint8Array<ArrayBuffer> {
  const node = message(text(1, tensor), text(2, as.name), text(4, 'Identity'))
  const dimensions = as.shape.map((size) =>
    nested(1, typeof size === 'number' ? integer(1, size) : text(2, size)),
  )
  const tensorType = message(integer(1, DATA_TYPES[as.type]), nested(2, message(...dimensions)))
  const output = message(text(1, as.name), nested(2, nested(1, tensorType)))
  const addition = bytesOf(nested(7, message(nested(1, node), nested(12, output))))
  const result = new Uint8Array(file.length + addition.length)
  result.set(file)
  result.set(addition, file.length)
  return result
}
