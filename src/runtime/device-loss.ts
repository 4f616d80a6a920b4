/**
 * CUDA's errors after which, as its manual says, the process is in an inconsistent state and must be ended: memory that
 * cannot be corrected (214, 220), an illegal address (700), a launch that took too long (702), a failed assertion (710),
 * and what a kernel dies of (714–719).
 */
const LASTING = /\bCUDA (?:failure|error) (?:214|220|700|702|710|71[4-9])\b/

/** Whether a message of onnxruntime says that its process can no longer use the device, whatever is run there next. */
export function isDeviceLost(message: string): boolean {
  return LASTING.test(message)
}
