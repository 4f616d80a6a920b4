import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type * as OnnxRuntime from 'onnxruntime-node'
import type { InferenceSession } from 'onnxruntime-node'
import { InferenceError, ModelLoadError, UnavailableError, messageOf } from '../errors.js'
import type { PhizError } from '../errors.js'
import { missingCudaLibrary, missingLibraryIn } from './cuda-libraries.js'
import { deviceName } from './device.js'
import type { Device } from './device.js'
import { onnxEnvironment } from './onnx-environment.js'
import type { GraphBytes, OrtSession, SessionOptions } from './program.js'
import { describeTensor, isTensorType, mismatch } from './tensor.js'
import type { Tensor, TensorInfo, TensorInput } from './tensor.js'

/** The one door to onnxruntime-node. The library is loaded by the first session, inside the worker that needs it. */

type Library = typeof OnnxRuntime

async function loadLibrary(): Promise<Library> {
  onnxEnvironment.prepare()
  try {
    const library = await import('onnxruntime-node')
    // Everything that goes wrong is thrown; the library's own lines on stderr would only repeat it.
    library.env.logLevel = 'fatal'
    return library
  } catch (error) {
    throw new UnavailableError(`onnxruntime-node cannot be loaded on this machine: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/**
 * Loads a graph.
 *
 * @param graph - Absolute path of the ONNX file, or its bytes, which are not needed afterwards.
 * @throws ModelLoadError when the file is missing or refused; UnavailableError when the device cannot be used.
 */
export async function createOrtSession(
  graph: string | GraphBytes,
  device: Device,
  options: SessionOptions = {},
): Promise<OrtSession> {
  const library = await loadLibrary()
  const file = typeof graph === 'string' ? graph : graph.name
  const native = nativeOptions(device, options)
  let session: InferenceSession
  try {
    session = await (typeof graph === 'string'
      ? library.InferenceSession.create(graph, native)
      : library.InferenceSession.create(graph.bytes, native))
  } catch (error) {
    const missing = device.kind === 'cuda' ? missingCudaLibrary(providerFolder()) : undefined
    throw loadError(file, device, error, missing)
  }
  return new LoadedGraph(library, session, file)
}

function nativeOptions(device: Device, options: SessionOptions): InferenceSession.SessionOptions {
  return {
    // Operators that CUDA lacks run on the CPU without being asked.
    executionProviders: device.kind === 'cuda' ? [{ name: 'cuda', deviceId: device.index }] : ['cpu'],
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 4,
    // A waiting thread that spins takes the core from another session.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    ...(options.dimensions !== undefined && { freeDimensionOverrides: options.dimensions }),
  }
}

/** Where onnxruntime looks for its execution providers: beside its binding. */
function providerFolder(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node')
  return join(dirname(main), '..', 'bin', 'napi-v6', process.platform, process.arch)
}

/** What the NVIDIA driver itself brings; no package does. */
const DRIVER_LIBRARY = 'libcuda.so'

/**
 * Says what stands in the way of a graph: on CUDA, which library is missing.
 *
 * @param error - What onnxruntime threw.
 * @param missing - The library that the system's loader misses, where it was asked.
 */
export function loadError(file: string, device: Device, error: unknown, missing?: string): PhizError {
  const message = messageOf(error)
  if (device.kind === 'cpu')
    return new ModelLoadError(`${file} cannot be loaded: ${message}`, { cause: error })
  const library = missingLibraryIn(message) ?? missing
  if (library !== undefined) {
    const remedy = library.startsWith(DRIVER_LIBRARY)
      ? 'Install the NVIDIA driver'
      : 'Run "npm run setup:cuda" to get the CUDA libraries'
    return new UnavailableError(
      `device is "${deviceName(device)}", but CUDA cannot be loaded: ${library} is missing. ` +
        `${remedy}, or use --device cpu.`,
      { cause: error },
    )
  }
  const complaint = message.replaceAll(file, '')
  if (/cuda|cudnn|cublas|backend not found|execution ?provider|shared library/i.test(complaint)) {
    return new UnavailableError(
      `device is "${deviceName(device)}", but CUDA cannot be used: ${message}. ` +
        'Check the driver with "nvidia-smi" and the libraries with "npm run setup:cuda", or use --device cpu.',
      { cause: error },
    )
  }
  return new ModelLoadError(`${file} cannot be loaded: ${message}`, { cause: error })
}

class LoadedGraph implements OrtSession {
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
  readonly #library: Library
  readonly #session: InferenceSession
  readonly #file: string
  #released: Promise<void> | undefined

  constructor(library: Library, session: InferenceSession, file: string) {
    this.#library = library
    this.#session = session
    this.#file = file
    this.inputs = session.inputMetadata.map((info) => tensorInfo(info, file))
    this.outputs = session.outputMetadata.map((info) => tensorInfo(info, file))
  }

  async run(
    inputs: Readonly<Record<string, TensorInput>>,
    names?: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const feeds = this.#feeds(inputs)
    const wanted = names ?? this.#session.outputNames
    let results: InferenceSession.ReturnType
    try {
      results = await this.#session.run(feeds, wanted)
    } catch (error) {
      const given = Object.entries(inputs).map(([name, { dims }]) => `${name} [${dims.join(', ')}]`)
      throw new InferenceError(`${this.#file} failed on ${given.join(', ')}: ${messageOf(error)}`, {
        cause: error,
      })
    }
    const tensors: Record<string, Tensor> = {}
    for (const name of wanted) {
      const { type, data, dims } = results[name] as Tensor
      tensors[name] = { type, data, dims }
    }
    return tensors
  }

  release(): Promise<void> {
    return (this.#released ??= this.#session.release())
  }

  #feeds(inputs: Readonly<Record<string, TensorInput>>): InferenceSession.FeedsType {
    const feeds: Record<string, InferenceSession.FeedsType[string]> = {}
    for (const info of this.inputs) {
      const given = inputs[info.name]
      if (given === undefined) {
        throw new InferenceError(
          `${this.#file} needs the input ${describeTensor(info)}, which was not given.`,
        )
      }
      const wrong = mismatch(info, given)
      if (wrong !== undefined) throw new InferenceError(`${this.#file}: ${wrong}`)
      feeds[info.name] = new this.#library.Tensor(info.type, given.data as Float32Array, given.dims)
    }
    for (const name in inputs) {
      if (feeds[name] === undefined) {
        const known = this.inputs.map(describeTensor).join('; ')
        throw new InferenceError(`${this.#file} has no input "${name}"; its inputs are: ${known}.`)
      }
    }
    return feeds
  }
}

function tensorInfo(info: InferenceSession.ValueMetadata, file: string): TensorInfo {
  if (!info.isTensor || !isTensorType(info.type)) {
    throw new ModelLoadError(
      `${file}: "${info.name}" is ${info.isTensor ? info.type : 'no tensor'}, which phiz cannot pass.`,
    )
  }
  return { name: info.name, type: info.type, shape: info.shape }
}
