/**
 * Whether a message of onnxruntime says that the device's memory is not enough: its arena's, CUDA's, cuBLAS's, cuDNN's
 * and the processor's ways of saying so.
 */
export function isOutOfMemory(message: string): boolean {
  return /out[ _]of[ _]memory|failed to allocate memory|(?:CUBLAS|CUDNN)_STATUS_(?:\w+_)?ALLOC(?:ATION)?_FAILED|bad[ _]alloc/i.test(
    message,
  )
}
