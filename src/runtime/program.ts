import type { Device } from './device.js'
import type { Tensor, TensorInfo, TensorInput } from './tensor.js'

/**
 * What a model's step loop is made of. A program module runs inside a worker (a thread or a child process) and has
 * one default export, made by {@link defineProgram}. Programs never import onnxruntime: they ask their context.
 */

/** How a graph is loaded. */
export interface SessionOptions {
  /** Threads inside one operator. Default 1: several live sessions with more threads each fight over the cores. */
  readonly threads?: number
  /** How far the graph is rewritten at load. Default `all`. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all'
  /** Fixes named dimensions of the graph, which lets more be planned ahead. */
  readonly dimensions?: Readonly<Record<string, number>>
  /** Device of this graph when it is not the program's own, such as a small pre-processor kept on the CPU. */
  readonly device?: Device
}

/** A loaded graph. */
export interface OrtSession {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  /**
   * Runs the graph on this thread. Inputs are checked first: all names, element types and shapes. Name the outputs
   * wanted to get a result with exactly these keys; without names, all come back.
   *
   * @throws InferenceError naming the tensor and the shapes.
   */
  run<const Name extends string>(
    inputs: Readonly<Record<string, TensorInput>>,
    outputs: readonly Name[],
  ): Promise<Readonly<Record<Name, Tensor>>>
  run(inputs: Readonly<Record<string, TensorInput>>): Promise<Readonly<Record<string, Tensor>>>
  /** Frees the graph. Sessions still open when the program is disposed are released by the runtime. */
  release(): Promise<void>
}

/** A graph that is not a file, such as one that was converted. */
export interface GraphBytes {
  /** What it is called in messages. */
  readonly name: string
  /** The contents of an ONNX file. */
  readonly bytes: Uint8Array
}

/** What a program is given to load itself. */
export interface ProgramContext {
  /** Absolute folder of the model's files. */
  readonly folder: string
  /** Device the model is meant to run on. */
  readonly device: Device
  /**
   * Loads an ONNX graph.
   *
   * @param graph - A file: its path relative to the folder, which it cannot leave; or the bytes of one.
   * @throws ModelLoadError when the file is missing or refused; UnavailableError when CUDA cannot be used here.
   */
  createSession(graph: string | GraphBytes, options?: SessionOptions): Promise<OrtSession>
}

/** The outputs of one call, made one by one. Making one item is one step. */
export type Steps<Out> = Iterable<Out> | AsyncIterable<Out>

/**
 * One turn's streaming state. The runtime makes one step at a time per worker, so scratch memory may be shared by the
 * sessions of a program; between two steps of one session, steps of others run.
 */
export interface ProgramSession<In, Out> {
  /**
   * Takes an input and makes its outputs. The next item is asked for only when the last one has been taken; a promise
   * stands for exactly one item, which saves the asking. The signal aborts when the turn is cancelled: a step of
   * several runs may look at it between them; between items the runtime does.
   */
  process(input: In, signal: AbortSignal): Steps<Out> | Promise<Out>
  /** Makes what is left at the end of the input. */
  flush?(signal: AbortSignal): Steps<Out>
  /** Frees the session's state; called once, after the last step has ended, also when it failed. */
  close?(): void | Promise<void>
}

/** A loaded model. */
export interface Program<Init, In, Out> {
  /** Makes a turn's state. `init` arrives as a structured clone. */
  open(init: Init, signal: AbortSignal): ProgramSession<In, Out> | Promise<ProgramSession<In, Out>>
  /** The buffers of an output that may be moved instead of copied; the program must not touch them afterwards. Not for
   * SharedArrayBuffers, nor for the pooled memory of small Node Buffers. */
  transfer?(output: Out): readonly ArrayBufferLike[]
  /** Frees the model; called once, when all sessions are closed. */
  dispose?(): void | Promise<void>
}

/** The default export of a program module. */
export interface ProgramModule<Config = unknown, Init = unknown, In = unknown, Out = unknown> {
  readonly load: (
    context: ProgramContext,
    config: Config,
  ) => Program<Init, In, Out> | Promise<Program<Init, In, Out>>
}

/** A program module whose types do not matter where it is handled. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a module's parameters stand in both directions
export type AnyProgramModule = ProgramModule<any, any, any, any>

/**
 * Makes the default export of a program module.
 *
 * @example
 * export default defineProgram(async (context, config: { rate: number }) => {
 *   const graph = await context.createSession('model.onnx')
 *   return {
 *     open: () => ({
 *       async *process(samples: Float32Array) {
 *         const { weights } = await graph.run({ samples: { data: samples, dims: [1, samples.length] } }, ['weights'])
 *         yield dataOf(weights, 'float32')
 *       },
 *     }),
 *     transfer: (weights) => [weights.buffer],
 *   }
 * })
 */
export function defineProgram<Config, Init, In, Out>(
  load: ProgramModule<Config, Init, In, Out>['load'],
): ProgramModule<Config, Init, In, Out> {
  return { load }
}
