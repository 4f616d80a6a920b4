import { join } from 'node:path'
import { messageOf } from '../errors.js'

/** What onnxruntime loads for CUDA, in its order; the second is linked to NVIDIA's own libraries. */
const PROVIDERS = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so']

/**
 * Finds the library for want of which CUDA does not load. onnxruntime itself only says that one is missing, so this
 * asks the system's loader in its place: what cannot be loaded is named in the loader's message.
 *
 * @param folder - Where onnxruntime looks for its providers.
 * @returns The file name of the first library that is missing, or undefined when the loader misses none.
 */
export function missingCudaLibrary(folder: string): string | undefined {
  if (process.platform !== 'linux') return undefined
  for (const provider of PROVIDERS) {
    try {
      process.dlopen({ exports: {} }, join(folder, provider))
    } catch (error) {
      // A provider that loads is refused afterwards, because it is no module of Node; that message names no file.
      const missing = missingLibraryIn(messageOf(error))
      if (missing !== undefined) return missing
    }
  }
  return undefined
}

/** The file name in a Linux loader's message `libX.so.1: cannot open shared object file: …`. */
export function missingLibraryIn(message: string): string | undefined {
  return /([\w+.-]+\.so[\w.]*): cannot open shared object file/.exec(message)?.[1]
}
