import { describeTensor, isTensorType } from '../runtime/tensor.js'

/** An input or output, as a manifest declares it or as a graph has it. */
export interface Declared {
  readonly name: string
  readonly type: string
  /** A dimension is a size, or the name of one that varies. */
  readonly shape: readonly (number | string)[]
}

/** What goes into a graph and what comes out. */
export interface GraphTensors {
  readonly inputs: readonly Declared[]
  readonly outputs: readonly Declared[]
}

/**
 * How a graph's inputs and outputs differ from those that its manifest declares. Names, element types, the number of
 * dimensions and the fixed ones among them must agree; what a dimension that varies is called is nobody's affair.
 *
 * @returns A clause for each difference, in the order of the manifest.
 */
export function tensorDifferences(declared: GraphTensors, found: GraphTensors): string[] {
  return [
    ...sideDifferences('input', declared.inputs, found.inputs),
    ...sideDifferences('output', declared.outputs, found.outputs),
  ]
}

function sideDifferences(side: string, declared: readonly Declared[], found: readonly Declared[]): string[] {
  const differences: string[] = []
  for (const wanted of declared) {
    const present = found.find(({ name }) => name === wanted.name)
    if (present === undefined) differences.push(`it has no ${side} ${inWords(wanted)}`)
    else if (!agree(wanted, present)) {
      differences.push(`its ${side} is ${inWords(present)} instead of ${inWords(wanted)}`)
    }
  }
  for (const present of found) {
    if (!declared.some(({ name }) => name === present.name)) {
      differences.push(`its ${side} ${inWords(present)} is not in model.json`)
    }
  }
  return differences
}

function agree(wanted: Declared, present: Declared): boolean {
  return (
    wanted.type === present.type &&
    wanted.shape.length === present.shape.length &&
    wanted.shape.every((size, axis) => sizeOf(size) === sizeOf(present.shape[axis]!))
  )
}

/** A fixed size; undefined of one that varies, which graphs also write as a number below 1. */
function sizeOf(size: number | string): number | undefined {
  return typeof size === 'number' && size > 0 ? size : undefined
}

function inWords({ name, type, shape }: Declared): string {
  return isTensorType(type) ? describeTensor({ name, type, shape }) : `${name}: ${type} [${shape.join(', ')}]`
}
