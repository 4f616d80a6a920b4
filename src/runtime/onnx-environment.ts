/**
 * onnxruntime 1.30 writes a usage database into the user's cache folder unless this variable says otherwise when the
 * library loads. It reads the variable natively, so it must stand in the environment of the process itself: a worker
 * thread's `process.env` is a copy that native code does not see. This is why a file other than the config touches
 * the environment: it writes, for the library's eyes, and reads nothing for phiz.
 */
export const onnxEnvironment = {
  /** Call on the main thread before a worker starts, and before the library loads. A user's own value is kept. */
  prepare(): void {
    // eslint-disable-next-line no-restricted-properties -- see above
    process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
  },
}
