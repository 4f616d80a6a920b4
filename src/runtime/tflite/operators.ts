import { ModelLoadError } from '../../errors.js'
import { floatsOf, integersOf } from './constants.js'
import type { OperatorKind, TfliteOperator, TfliteTensor } from './graph.js'
import { AXIS_CHANNELS_FIRST, channelsFirst, movedChannels, samePadding } from './layout.js'
import type { OnnxGraph } from './onnx.js'

/** What an operator's writer sees of the conversion. */
export interface Operands {
  readonly onnx: OnnxGraph
  /** A tensor by its index; what `DEQUANTIZE` made is the constant it was made from. */
  tensor(index: number | undefined): TfliteTensor
  /** The ONNX name of a tensor; a constant is added to the graph when it is first asked for. */
  name(index: number | undefined): string
  /** Makes a tensor another name of `source`. */
  sameAs(copy: number, source: number): void
  /** A name for a value between two ONNX operators that stand for one of TFLite. */
  intermediate(): string
}

type Writer = (to: Operands, operator: TfliteOperator) => void

/** TFLite operators as ONNX operators. Field numbers are those of the option tables in schema.fbs. */
export const OPERATOR_WRITERS: Readonly<Record<OperatorKind, Writer>> = {
  ADD(to, operator) {
    const { inputs, options } = operator
    const names = [to.name(inputs[0]), to.name(inputs[1])]
    activated(to, operator, options.int8(0), (output) => to.onnx.node('Add', names, output))
  },

  CONCATENATION(to, operator) {
    const { inputs, outputs, options } = operator
    const { shape } = to.tensor(outputs[0])
    const stated = options.int32(0)
    const axis = stated < 0 ? stated + shape.length : stated
    if (shape[axis] === undefined) {
      throw new ModelLoadError(
        `The TFLite model joins tensors along dimension ${stated} of [${shape.join(', ')}].`,
      )
    }
    const attributes = { axis: shape.length === 4 ? AXIS_CHANNELS_FIRST[axis]! : axis }
    const names = inputs.map((index) => to.name(index))
    activated(to, operator, options.int8(1), (output) => to.onnx.node('Concat', names, output, attributes))
  },

  CONV_2D(to, operator) {
    const { inputs, options } = operator
    const weights = to.tensor(inputs[1])
    const [filters, height, width, channels] = fourDimensions(weights)
    const kernel = [height, width] as const
    const moved = movedChannels(floatsOf(weights), filters, channels)
    const attributes = windowAttributes(to, operator, {
      kernel,
      valid: options.int8(0) === VALID,
      strides: [options.int32(2), options.int32(1)],
      dilations: [options.int32(5, 1), options.int32(4, 1)],
    })
    const filter = to.onnx.floats(moved, [filters, channels, ...kernel])
    const names = [to.name(inputs[0]), filter, ...bias(to, operator)]
    activated(to, operator, options.int8(3), (output) => to.onnx.node('Conv', names, output, attributes))
  },

  DEPTHWISE_CONV_2D(to, operator) {
    const { inputs, options } = operator
    const weights = to.tensor(inputs[1])
    const [, height, width, filters] = fourDimensions(weights)
    const kernel = [height, width] as const
    const moved = movedChannels(floatsOf(weights), 1, filters)
    const [, , , group] = fourDimensions(to.tensor(inputs[0]))
    const window = windowAttributes(to, operator, {
      kernel,
      valid: options.int8(0) === VALID,
      strides: [options.int32(2), options.int32(1)],
      dilations: [options.int32(6, 1), options.int32(5, 1)],
    })
    const filter = to.onnx.floats(moved, [filters, 1, ...kernel])
    const names = [to.name(inputs[0]), filter, ...bias(to, operator)]
    const attributes = { ...window, group }
    activated(to, operator, options.int8(4), (output) => to.onnx.node('Conv', names, output, attributes))
  },

  DEQUANTIZE(to, { inputs: [source], outputs: [copy] }) {
    if (source === undefined || copy === undefined || to.tensor(source).constant === undefined) {
      throw new ModelLoadError(
        'The TFLite model dequantises a tensor that is computed; only constants can be.',
      )
    }
    to.sameAs(copy, source)
  },

  MAX_POOL_2D(to, operator) {
    const { inputs, options } = operator
    const attributes = windowAttributes(to, operator, {
      kernel: [options.int32(4), options.int32(3)],
      valid: options.int8(0) === VALID,
      strides: [options.int32(2), options.int32(1)],
      dilations: [1, 1],
    })
    const names = [to.name(inputs[0])]
    activated(to, operator, options.int8(5), (output) => to.onnx.node('MaxPool', names, output, attributes))
  },

  PAD(to, { inputs, outputs }) {
    const { shape } = to.tensor(inputs[0])
    const pairs = integersOf(to.tensor(inputs[1]))
    if (pairs.length !== shape.length * 2 || pairs.some((size) => size < 0)) {
      throw new ModelLoadError(
        `The TFLite model pads [${shape.join(', ')}] by [${pairs.slice(0, 8).join(', ')}]; ` +
          'two sizes of 0 or more are expected for each dimension.',
      )
    }
    const before = channelsFirst(shape.map((_, dimension) => pairs[2 * dimension]!))
    const after = channelsFirst(shape.map((_, dimension) => pairs[2 * dimension + 1]!))
    to.onnx.node('Pad', [to.name(inputs[0]), to.onnx.integers([...before, ...after])], to.name(outputs[0]))
  },

  PRELU(to, { inputs, outputs }) {
    const slopes = to.tensor(inputs[1])
    const channels = slopes.shape.at(-1) ?? 1
    const values = floatsOf(slopes)
    // One slope a channel, [1, 1, channels]; other shapes would have to be moved like a picture.
    if (values.length !== channels) {
      throw new ModelLoadError(
        `The TFLite tensor "${slopes.name}" has the shape [${slopes.shape.join(', ')}]; one slope for each channel ` +
          'is expected.',
      )
    }
    to.onnx.node('PRelu', [to.name(inputs[0]), to.onnx.floats(values, [channels, 1, 1])], to.name(outputs[0]))
  },

  RELU(to, { inputs, outputs }) {
    to.onnx.node('Relu', [to.name(inputs[0])], to.name(outputs[0]))
  },

  RESHAPE(to, { inputs, outputs }) {
    const { shape } = to.tensor(outputs[0])
    let name = to.name(inputs[0])
    // Elements keep their order with the channels last.
    if (to.tensor(inputs[0]).shape.length === 4) {
      const channelsLast = to.intermediate()
      to.onnx.node('Transpose', [name], channelsLast, { perm: [0, 2, 3, 1] })
      name = channelsLast
    }
    const output = to.name(outputs[0])
    const reshaped = shape.length === 4 ? to.intermediate() : output
    to.onnx.node('Reshape', [name, to.onnx.integers(shape)], reshaped)
    if (shape.length === 4) to.onnx.node('Transpose', [reshaped], output, { perm: [0, 3, 1, 2] })
  },
}

/** schema.fbs: Padding */
const VALID = 1

/** Height and width of each. */
interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
  readonly valid: boolean
}

/** The largest window that is believed: more is damage. */
const LARGEST_WINDOW = 1024

function windowAttributes(to: Operands, { inputs }: TfliteOperator, window: Window) {
  const { kernel, strides, dilations, valid } = window
  const sizes = [...kernel, ...strides, ...dilations]
  if (sizes.some((size) => size < 1 || size > LARGEST_WINDOW)) {
    throw new ModelLoadError(
      `The TFLite model has a window of ${kernel.join(' × ')} with strides ${strides.join(', ')} and dilations ` +
        `${dilations.join(', ')}; each must be from 1 to ${LARGEST_WINDOW}.`,
    )
  }
  const [, height, width] = fourDimensions(to.tensor(inputs[0]))
  const ends = [height, width].map((input, k): [number, number] =>
    valid ? [0, 0] : samePadding({ input, window: kernel[k]!, stride: strides[k]!, dilation: dilations[k]! }),
  )
  const pads = [...ends.map(([before]) => before), ...ends.map(([, after]) => after)]
  return { kernel_shape: kernel, strides, dilations, pads }
}

function bias(to: Operands, { inputs }: TfliteOperator): string[] {
  const index = inputs[2]
  return index === undefined || index < 0 ? [] : [to.name(index)]
}

/** schema.fbs: ActivationFunctionType */
const ACTIVATION_NONE = 0
const ACTIVATION_RELU = 1

/** Writes an operator, and after it the activation that is fused into it. */
function activated(
  to: Operands,
  { kind, outputs }: TfliteOperator,
  activation: number,
  write: (output: string) => void,
): void {
  const output = to.name(outputs[0])
  if (activation === ACTIVATION_NONE) {
    write(output)
    return
  }
  if (activation !== ACTIVATION_RELU) {
    throw new ModelLoadError(
      `The TFLite model's ${kind} has the activation ${activation}; only none and RELU can be converted.`,
    )
  }
  const before = to.intermediate()
  write(before)
  to.onnx.node('Relu', [before], output)
}

function fourDimensions({ name, shape }: TfliteTensor): [number, number, number, number] {
  const [a, b, c, d] = shape
  if (a !== undefined && b !== undefined && c !== undefined && d !== undefined) return [a, b, c, d]
  throw new ModelLoadError(
    `The TFLite tensor "${name}" has the shape [${shape.join(', ')}]; four are expected.`,
  )
}
