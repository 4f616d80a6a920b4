/**
 * The smallest graph that needs both cuDNN (Conv) and cuBLAS (MatMul), as the bytes of an ONNX file:
 * y = (x ∗ w) · (x ∗ w), with x and y [1, 1, 4, 4] and w [1, 1, 1, 1], all float32.
 *
 * The numbers are the fields of onnx.proto.
 */
export function tinyGraph() {
  const graph = [
    field(1, node('Conv', ['x', 'w'], 'c')),
    field(1, node('MatMul', ['c', 'c'], 'y')),
    field(2, 'tiny'),
    field(11, value('x', [1, 1, 4, 4])),
    field(11, value('w', [1, 1, 1, 1])),
    field(12, value('y', [1, 1, 4, 4])),
  ]
  const irVersion = number(1, 8)
  const opset = field(8, number(2, 13))
  return Buffer.concat([irVersion, opset, field(7, Buffer.concat(graph))])
}

function node(operator, inputs, output) {
  return Buffer.concat([...inputs.map((input) => field(1, input)), field(2, output), field(4, operator)])
}

function value(name, dims) {
  const shape = Buffer.concat(dims.map((dim) => field(1, number(1, dim))))
  const tensor = Buffer.concat([number(1, 1), field(2, shape)])
  return Buffer.concat([field(1, name), field(2, field(1, tensor))])
}

/** A protobuf field of bytes, text or a message. */
function field(id, content) {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from([(id << 3) | 2, ...varint(bytes.length)]), bytes])
}

/** A protobuf field of a small number. */
function number(id, content) {
  return Buffer.from([id << 3, ...varint(content)])
}

function varint(amount) {
  return amount < 128 ? [amount] : [(amount & 127) | 128, ...varint(amount >> 7)]
}
