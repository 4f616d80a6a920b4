import { InferenceError } from '../errors.js'
import { defineProgram, type OrtSession } from '../runtime/program.js'
import type { TensorInfo, TensorInput } from '../runtime/tensor.js'
import type { Trial } from './pin.js'

/** The shape of each output, by its name. */
export type Shapes = Readonly<Record<string, readonly number[]>>

/** Runs a graph once and gives the shapes of its outputs, all of whose values are finite. */
export default defineProgram((context, { graph, inputs }: Trial) => ({
  open: () => ({
    process: async (_input: undefined): Promise<Shapes> => {
      const session = await context.createSession(graph)
      const results = await session.run(feedsOf(session, inputs))
      const shapes: Record<string, readonly number[]> = {}
      for (const [name, { data, dims }] of Object.entries(results)) {
        const finite = (data as ArrayLike<number | bigint>).length > 0 && data.every(isFiniteValue)
        if (!finite) throw new InferenceError(`${graph} gives no numbers, or infinite ones, as ${name}.`)
        shapes[name] = dims
      }
      return shapes
    },
  }),
}))

function isFiniteValue(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isFinite(value)
}

function feedsOf(session: OrtSession, inputs: Trial['inputs']): Record<string, TensorInput> {
  return Object.fromEntries(
    session.inputs.map((info) => [info.name, tensorOf(info, inputs[info.name] ?? [])]),
  )
}

/** The values in the shape of the input; the dimension that varies takes them all. */
function tensorOf({ type, shape }: TensorInfo, values: readonly number[]): TensorInput {
  const data = type === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values)
  return { data, dims: shape.map((size) => (typeof size === 'number' && size > 0 ? size : values.length)) }
}
