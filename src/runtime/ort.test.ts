import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InferenceError, InputError, ModelLoadError, UnavailableError } from '../errors.js'
import { missingCudaLibrary } from './cuda-libraries.js'
import type { ModelSpec } from './engine.js'
import { collect } from './fixtures/collect.js'
import { writeSquareModel } from './fixtures/square-model.js'
import { createOrtSession, loadError } from './ort.js'
import { HostedContext } from './program-context.js'
import type { OrtSession } from './program.js'
import { dataOf } from './tensor.js'
import { createWorkerEngine } from './worker-engine.js'

const cpu = { kind: 'cpu' } as const
const { signal } = new AbortController()
let folder: string

beforeAll(async () => {
  folder = await writeSquareModel()
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

describe('an onnxruntime session', () => {
  it('declares its tensors and computes', async () => {
    const graph = await createOrtSession(join(folder, 'square.onnx'), cpu)
    expect(graph.inputs).toEqual([{ name: 'matrix', type: 'float32', shape: ['n', 'n'] }])
    expect(graph.outputs).toEqual([{ name: 'square', type: 'float32', shape: ['n', 'n'] }])
    const { square } = await graph.run({ matrix: { data: Float32Array.of(1, 2, 3, 4), dims: [2, 2] } }, [
      'square',
    ])
    expect(square.dims).toEqual([2, 2])
    expect([...dataOf(square, 'float32')]).toEqual([7, 10, 15, 22])
    expect(() => dataOf(square, 'int64')).toThrow('a tensor is float32 [2, 2]; int64 was expected.')
    await graph.release()
    await graph.release()
  })

  it('names the tensor that does not fit', async () => {
    const graph = await createOrtSession(join(folder, 'square.onnx'), cpu)
    const refused = async (inputs: Parameters<typeof graph.run>[0], words: string) => {
      const failure: unknown = await graph.run(inputs).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(InferenceError)
      expect(failure).toMatchObject({ message: expect.stringContaining(words) as string })
    }
    const data = new Float32Array(4)
    await refused({}, 'needs the input matrix: float32 [n, n], which was not given')
    await refused({ matrix: { data, dims: [4] } }, 'matrix: float32 [n, n] was given the shape [4]')
    await refused(
      { matrix: { data, dims: [2, 3] } },
      'was given 4 elements for the shape [2, 3], which holds 6',
    )
    await refused(
      { matrix: { data: new Int32Array(4), dims: [2, 2] } },
      'takes a Float32Array; it was given a Int32Array',
    )
    await refused({ matrix: { data, dims: [2, 2] }, other: { data, dims: [4] } }, 'has no input "other"')
    await refused({ matrix: { data, dims: [1, 4] } }, 'square.onnx failed on matrix [1, 4]: ')
    await graph.release()
  })

  it('says which file cannot be loaded', async () => {
    await expect(createOrtSession(join(folder, 'absent.onnx'), cpu)).rejects.toThrow(ModelLoadError)
    await expect(createOrtSession(join(folder, 'absent.onnx'), cpu)).rejects.toThrow(
      /absent\.onnx cannot be loaded: /,
    )
  })

  it('is loaded from bytes too', async () => {
    const bytes = await readFile(join(folder, 'square.onnx'))
    const context = new HostedContext(folder, cpu)
    const graph = await context.createSession({ name: 'squares', bytes })
    bytes.fill(0)
    const { square } = await graph.run({ matrix: { data: Float32Array.of(3), dims: [1, 1] } }, ['square'])
    expect([...dataOf(square, 'float32')]).toEqual([9])
    await context.release()
    const broken = context.createSession({ name: 'squares', bytes })
    await expect(broken).rejects.toThrow(ModelLoadError)
    await expect(broken).rejects.toThrow(/^squares cannot be loaded: /)
  })

  it('cannot be made from a file outside of the model folder', async () => {
    const context = new HostedContext(folder, cpu)
    await expect(context.createSession('../square.onnx')).rejects.toThrow(InputError)
    await expect(context.createSession('/etc/passwd')).rejects.toThrow(InputError)
  })
})

describe('CUDA that cannot be loaded', () => {
  const cuda = { kind: 'cuda', index: 1 } as const

  it('is told by the library that is missing', () => {
    const thrown = new Error(
      'Failed to load library /opt/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared ' +
        'object file: No such file or directory',
    )
    const error = loadError('lam.onnx', cuda, thrown)
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error.message).toBe(
      'device is "cuda:1", but CUDA cannot be loaded: libcublasLt.so.13 is missing. ' +
        'Run "npm run setup:cuda" to get the CUDA libraries, or use --device cpu.',
    )
  })

  it('is found in the folder of the providers', async () => {
    if (process.platform === 'linux')
      expect(missingCudaLibrary(folder)).toBe('libonnxruntime_providers_shared.so')
    const error = loadError('lam.onnx', cuda, new Error('Failed to load shared library'), 'libcudart.so.13')
    expect(error.message).toContain('libcudart.so.13 is missing')
    const driverless = loadError('lam.onnx', cuda, new Error('Failed to load shared library'), 'libcuda.so.1')
    expect(driverless.message).toContain(
      'libcuda.so.1 is missing. Install the NVIDIA driver, or use --device cpu.',
    )
  })

  it('fails a session with a reason and a way out, where this machine has no CUDA', async () => {
    const outcome = await createOrtSession(join(folder, 'square.onnx'), cuda).catch((error: unknown) => error)
    if (outcome instanceof Error) {
      expect(outcome).toBeInstanceOf(UnavailableError)
      expect(outcome.message).toMatch(/^device is "cuda:1", but CUDA cannot be .*setup:cuda.*--device cpu\.$/)
    } else {
      await (outcome as OrtSession).release()
    }
  })

  it('is told apart from a model that is broken', () => {
    expect(loadError('lam.onnx', cuda, new Error('Protobuf parsing failed.'))).toBeInstanceOf(ModelLoadError)
    const driver = loadError(
      'lam.onnx',
      cuda,
      new Error('CUDA failure 35: CUDA driver version is insufficient'),
    )
    expect(driver).toBeInstanceOf(UnavailableError)
    expect(driver.message).toContain('CUDA driver version is insufficient')
  })
})

describe.each(['thread', 'process'] as const)('a graph in a worker (%s)', (host) => {
  const spec = (): ModelSpec => ({
    id: 'square',
    program: new URL('./fixtures/square-program.js', import.meta.url),
    folder,
    config: undefined,
    host,
  })
  interface Input {
    readonly matrix: Float32Array
    readonly size: number
  }

  it('computes, moves its result, and drains a native run before it ends', async () => {
    const engine = await createWorkerEngine<undefined, Input, Float32Array>(spec(), { device: cpu })
    const session = await engine.open(undefined, { signal })
    const [square] = await collect(session.process({ matrix: Float32Array.of(0, 1, 1, 0), size: 2 }))
    expect([...square!]).toEqual([1, 0, 0, 1])

    // A run of some hundred milliseconds; ending its thread meanwhile would abort this whole process.
    const size = 2000
    const reading = collect(session.process({ matrix: new Float32Array(size * size), size }))
    const outcome = expect(reading).rejects.toThrow('is being disposed')
    await new Promise((resolve) => setTimeout(resolve, 40))
    await engine.dispose()
    await outcome
  })

  it('says what is wrong with a model that cannot be loaded', async () => {
    const broken = createWorkerEngine({ ...spec(), folder: import.meta.dirname }, { device: cpu })
    await expect(broken).rejects.toThrow(/square\.onnx cannot be loaded: /)
  })
})
