/**
 * Gives every typed array in a message memory of its own, in place. What comes over the pipe of a child process are
 * views of one buffer: whoever moved one of them to a thread would take the others along, and empty them.
 *
 * @param message plain objects, arrays and typed arrays, as structured clones of requests and replies are
 */
export function ownMemory(message: unknown): unknown {
  if (ArrayBuffer.isView(message)) return isAlone(message) ? message : copyOf(message)
  if (message === null || typeof message !== 'object') return message
  const parts = message as Record<string, unknown>
  for (const [key, part] of Object.entries(parts)) {
    if (part !== null && typeof part === 'object') parts[key] = ownMemory(part)
  }
  return parts
}

function isAlone({ byteLength, buffer }: ArrayBufferView): boolean {
  return byteLength === buffer.byteLength
}

function copyOf(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view
  const memory = buffer.slice(byteOffset, byteOffset + byteLength)
  if (view instanceof DataView) return new DataView(memory)
  // What a child sends as Uint8Array may arrive as one of Node's Buffers, which is told apart in nothing here.
  const Kind = Buffer.isBuffer(view) ? Uint8Array : (view.constructor as Uint8ArrayConstructor)
  return new Kind(memory)
}
