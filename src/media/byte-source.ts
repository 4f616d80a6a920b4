/** Lets FFmpeg read from memory or from an async iterable instead of from a file. */
import { constants, IOContext } from './ffmpeg.js'

const BUFFER_BYTES = 64 * 1024

/** An FFmpeg reader over bytes that are not in a file. */
export interface ByteSource {
  readonly io: IOContext
  /** What the iterable threw, if it did: FFmpeg itself sees only an I/O error. */
  readonly failure: () => unknown
  /** Frees the reader and ends the iterable. Call it after the format context is closed. */
  readonly close: () => Promise<void>
}

/** Reads from bytes in memory, without copying them as a whole; FFmpeg can seek in them. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let position = 0
  const read = (size: number): Buffer | null => {
    if (position >= buffer.length) return null
    const piece = buffer.subarray(position, position + size)
    position += piece.length
    return piece
  }
  const seek = (offset: bigint, whence: number): bigint => {
    if (whence === constants.AVSEEK_SIZE) return BigInt(buffer.length)
    const origin =
      whence === constants.AVSEEK_CUR ? position : whence === constants.AVSEEK_END ? buffer.length : 0
    position = Math.max(0, Math.min(origin + Number(offset), buffer.length))
    return BigInt(position)
  }
  const io = new IOContext()
  io.allocContextWithCallbacks(BUFFER_BYTES, 0, read, null, seek)
  return {
    io,
    failure: () => undefined,
    close: () => {
      io.freeContext()
      return Promise.resolve()
    },
  }
}

/**
 * Reads from an async iterable, pulling one piece at a time when FFmpeg asks for more. FFmpeg cannot seek in it, so
 * a file whose index lies at its end (an MP4 without fast start) cannot be read this way.
 *
 * @param signal - when it aborts, a pending read ends at once, even if the iterable never answers.
 */
export function streamSource(chunks: AsyncIterable<Uint8Array>, signal?: AbortSignal): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  let failure: unknown
  let ended = false

  let wake = (): void => undefined
  const stop = (): void => {
    ended = true
    wake()
  }
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })

  /** The next piece, or the end when `stop` is called first. A race with one lasting promise would grow with time. */
  const next = (): Promise<IteratorResult<Uint8Array>> =>
    new Promise((resolve, reject) => {
      wake = () => {
        resolve({ done: true, value: undefined })
      }
      iterator.next().then(resolve, reject)
    })

  const read = async (size: number): Promise<Buffer | number | null> => {
    while (rest.length === 0) {
      if (ended) return null
      try {
        const result = await next()
        if (result.done === true) {
          ended = true
          return null
        }
        rest = result.value
      } catch (error) {
        ended = true
        failure = error
        return constants.AVERROR_EXIT
      }
    }
    const piece = rest.subarray(0, size)
    rest = rest.subarray(piece.length)
    return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
  }

  const io = new IOContext()
  io.allocContextWithCallbacks(BUFFER_BYTES, 0, read, null, null)
  return {
    io,
    failure: () => failure,
    close: () => {
      signal?.removeEventListener('abort', stop)
      io.freeContext()
      // Not awaited: an iterable that never answers would hold up whoever leaves it. A finished one ignores this.
      void iterator.return?.(undefined).catch(() => undefined)
      return Promise.resolve()
    },
  }
}
