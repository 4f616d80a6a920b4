import { InputError } from '../../../errors.js'
import { parseMultipart, type FormFields } from './multipart.js'

/** A body that is larger than the endpoint takes: HTTP 413. */
export class BodyTooLargeError extends InputError {}

/**
 * Reads a body, and no more of it than is allowed: what announces itself as larger is refused before the first byte,
 * what turns out larger at the byte that passes the limit.
 * @throws BodyTooLargeError naming the limit
 * @throws InputError when the body breaks off
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  if (request.body === null) return new Uint8Array(0)
  const pieces: Uint8Array[] = []
  let length = 0
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const result = await reader.read().catch((error: unknown) => {
      throw new InputError('The body broke off while it was read.', { cause: error })
    })
    if (result.done) break
    const piece: Uint8Array = result.value
    length += piece.length
    // The reader is let go, not cancelled: that would end the connection before the answer is sent.
    if (length > maxBytes) {
      reader.releaseLock()
      throw tooLarge(maxBytes)
    }
    pieces.push(piece)
  }
  return joined(pieces, length)
}

/**
 * Reads a `multipart/form-data` body into its fields.
 * @throws BodyTooLargeError, and InputError when it is no form or a damaged one
 */
export async function readForm(request: Request, maxBytes: number): Promise<FormFields> {
  return parseMultipart(await readBody(request, maxBytes), request.headers.get('content-type') ?? '')
}

/**
 * Reads a JSON body; an empty one counts as `{}`.
 * @throws BodyTooLargeError, and InputError when it is no JSON
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const text = new TextDecoder().decode(await readBody(request, maxBytes))
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as unknown)
  } catch (error) {
    throw new InputError('The body is not valid JSON.', { cause: error })
  }
}

function tooLarge(maxBytes: number): BodyTooLargeError {
  return new BodyTooLargeError(`The body is larger than ${maxBytes} bytes.`)
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
