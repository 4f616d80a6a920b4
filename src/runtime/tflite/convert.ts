import { ModelLoadError } from '../../errors.js'
import { floatsOf } from './constants.js'
import { readTflite, type TfliteGraph, type TfliteTensor } from './graph.js'
import { channelsFirst, movedChannels } from './layout.js'
import { OnnxGraph, type Value } from './onnx.js'
import { OPERATOR_WRITERS, type Operands } from './operators.js'

/**
 * Converts a TFLite network of floating-point numbers to ONNX.
 *
 * - Tensors of four dimensions change from [batch, height, width, channels] to [batch, channels, height, width], the
 *   graph's inputs and outputs too; others stay as they are.
 * - Inputs and outputs keep their names and are float32; float16 weights become float32.
 *
 * @param tflite - The bytes of the .tflite file; not changed.
 * @returns The bytes of the ONNX file.
 * @throws ModelLoadError when the bytes are damaged, or use what is not known here; the message names it.
 */
export function onnxFromTflite(tflite: Uint8Array): Uint8Array<ArrayBuffer> {
  const graph = readTflite(tflite)
  const conversion = new Conversion(graph)
  for (const operator of graph.operators) OPERATOR_WRITERS[operator.kind](conversion, operator)
  return conversion.file()
}

/** The ONNX graph that is being written, seen from the operators of a TFLite graph. */
class Conversion implements Operands {
  readonly onnx = new OnnxGraph()
  readonly #graph: TfliteGraph
  /** Tensors that are another one in a different number format. */
  readonly #sources = new Map<number, number>()
  /** ONNX names of tensors in the graph; those of constants are added when they are first used. */
  readonly #names = new Map<number, string>()
  #intermediates = 0

  constructor(graph: TfliteGraph) {
    this.#graph = graph
    const ends = [...graph.inputs, ...graph.outputs]
    for (const index of ends) this.#names.set(index, graph.tensors[index]!.name)
    if (ends.length === 0 || new Set(this.#names.values()).size !== ends.length || this.#hasUnnamedEnd()) {
      throw new ModelLoadError(
        `The TFLite model's inputs and outputs are called "${[...this.#names.values()].join('", "')}"; ` +
          'a name of its own is expected for each.',
      )
    }
  }

  tensor(index: number | undefined): TfliteTensor {
    const tensor = this.#graph.tensors[this.#sourceOf(index ?? -1)]
    if (tensor === undefined) {
      throw new ModelLoadError('The TFLite model is damaged: an operator lacks an operand that it needs.')
    }
    return tensor
  }

  sameAs(copy: number, source: number): void {
    this.#sources.set(copy, this.#sourceOf(source))
  }

  name(index: number | undefined): string {
    const tensor = this.tensor(index)
    const source = this.#sourceOf(index!)
    let name = this.#names.get(source)
    if (name === undefined) {
      name = tensor.constant === undefined ? `tensor_${source}` : this.#constant(tensor)
      this.#names.set(source, name)
    }
    return name
  }

  intermediate(): string {
    return `intermediate_${this.#intermediates++}`
  }

  file(): Uint8Array<ArrayBuffer> {
    return this.onnx.file(this.#graph.inputs.map(this.#end), this.#graph.outputs.map(this.#end))
  }

  readonly #end = (index: number): Value => {
    const tensor = this.#graph.tensors[index]!
    if (tensor.type !== 'float32' || tensor.constant !== undefined) {
      throw new ModelLoadError(
        `The TFLite model's input or output "${tensor.name}" is ${tensor.constant ? 'a constant' : tensor.type}; ` +
          'float32 is expected.',
      )
    }
    return { name: tensor.name, shape: channelsFirst(tensor.shape) }
  }

  #constant(tensor: TfliteTensor): string {
    const { shape } = tensor
    const values = floatsOf(tensor)
    if (shape.length !== 4) return this.onnx.floats(values, shape)
    return this.onnx.floats(movedChannels(values, shape[0]!, shape[3]!), channelsFirst(shape))
  }

  #sourceOf(index: number): number {
    return this.#sources.get(index) ?? index
  }

  #hasUnnamedEnd(): boolean {
    return [...this.#names.values()].includes('')
  }
}
