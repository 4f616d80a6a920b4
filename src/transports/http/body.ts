import { InputError } from '../../errors.js'

/** A body, or a part of it, that is larger than the endpoint takes: HTTP 413. */
export class BodyTooLargeError extends InputError {}

/**
 * Reads a body, and no more of it than is allowed: what announces itself as larger is refused before the first byte,
 * what turns out larger at the byte that passes the limit.
 * @throws BodyTooLargeError naming the limit
 * @throws InputError when the body breaks off
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  refuseAnnounced(request, maxBytes)
  if (request.body === null) return new Uint8Array(0)
  const pieces: Uint8Array[] = []
  let length = 0
  const reader = (request.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const piece = await readPiece(reader)
    if (piece === undefined) break
    length += piece.length
    if (length > maxBytes) {
      discardRest(reader)
      throw tooLarge(maxBytes)
    }
    pieces.push(piece)
  }
  return joined(pieces, length)
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

/**
 * The next piece of a body; undefined at its end.
 * @throws InputError when the body breaks off
 */
export async function readPiece(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | undefined> {
  const result = await reader.read().catch((error: unknown) => {
    throw new InputError('The body broke off while it was read.', { cause: error })
  })
  return result.done ? undefined : result.value
}

/**
 * Reads on without keeping anything, for a body that is answered before its end: many clients read no answer before
 * they have sent all. To cancel the body would end the connection before the answer. The server bounds how long and
 * how much it lets such a client send.
 */
export function discardRest(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  const next = (): void => {
    reader.read().then(
      ({ done }) => {
        if (!done) next()
      },
      () => undefined,
    )
  }
  next()
}

/** @throws BodyTooLargeError when a body announces more than `maxBytes`, before any of it is read */
export function refuseAnnounced(request: Request, maxBytes: number): void {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
}

/** The error of a whole body that passes its limit. */
export function tooLarge(maxBytes: number): BodyTooLargeError {
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
