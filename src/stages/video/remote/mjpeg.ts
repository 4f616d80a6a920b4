/** Bytes of one picture and of one part's headers, at the most. */
export const MOST_PICTURE_BYTES = 8 * 2 ** 20
const MOST_HEADER_BYTES = 8192

/** What a damaged stream is refused with; the message says why. */
export class MjpegError extends Error {}

/**
 * Takes a `multipart/x-mixed-replace` stream apart into its pictures, however it is cut into pieces. A part's length is
 * taken from its `Content-Length`, or else from where the next part begins.
 */
export class MjpegParser {
  readonly #delimiter: Buffer
  #bytes = Buffer.alloc(65_536)
  #filled = 0
  /** Whether the headers of the part that is being read are behind; then its length, where it is told. */
  #isInside = false
  #length: number | undefined
  /** Bytes in which no delimiter begins. */
  #searched = 0
  #hasEnded = false

  /** @param contentType the header, which names the boundary; @throws MjpegError when it is no such stream */
  constructor(contentType: string | undefined) {
    const match = /^multipart\/x-mixed-replace\s*;.*?boundary="?([^\s";]{1,70})"?/i.exec(contentType ?? '')
    if (match === null) throw new MjpegError('its stream is no MJPEG')
    // Many servers name the boundary with the dashes that stand before it.
    this.#delimiter = Buffer.from(`--${match[1]!.replace(/^--/, '')}`, 'latin1')
  }

  /** Takes bytes and yields the pictures that they complete, each on memory of its own. */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    if (this.#hasEnded) return
    this.#append(piece)
    for (;;) {
      if (!this.#isInside && !this.#readHeaders()) return
      const end = this.#length ?? this.#find(this.#delimiter, 0)
      if (this.#length === undefined && end < 0) {
        if (this.#filled > MOST_PICTURE_BYTES) throw tooLarge()
        return
      }
      if (this.#filled < end) return
      const picture = Uint8Array.from(
        this.#bytes.subarray(0, this.#length ?? withoutLineEnd(this.#bytes, end)),
      )
      this.#drop(end)
      this.#isInside = false
      if (picture.length > 0) yield picture
    }
  }

  /** Reads up to the end of the next part's headers. @returns false when they are not all there */
  #readHeaders(): boolean {
    const start = this.#find(this.#delimiter, 0)
    if (start < 0) {
      if (this.#filled > MOST_HEADER_BYTES) throw new MjpegError('its stream has no boundaries')
      return false
    }
    const from = start + this.#delimiter.length
    if (this.#filled < from + 2) return false
    if (this.#bytes.toString('latin1', from, from + 2) === '--') {
      this.#hasEnded = true
      return false
    }
    const filled = this.#bytes.subarray(0, this.#filled)
    const end = filled.indexOf('\r\n\r\n', from)
    if (end < 0) {
      if (this.#filled - from > MOST_HEADER_BYTES)
        throw new MjpegError('a part of its stream has no end of headers')
      return false
    }
    const told = /^content-length:\s*(\d{1,10})\s*$/im.exec(filled.toString('latin1', from, end))?.[1]
    this.#length = told === undefined ? undefined : Number(told)
    if ((this.#length ?? 0) > MOST_PICTURE_BYTES) throw tooLarge()
    this.#drop(end + 4)
    this.#isInside = true
    return true
  }

  #find(delimiter: Buffer, from: number): number {
    const at = this.#bytes.subarray(0, this.#filled).indexOf(delimiter, Math.max(from, this.#searched))
    if (at < 0) this.#searched = Math.max(0, this.#filled - delimiter.length)
    return at
  }

  #append(piece: Uint8Array): void {
    if (this.#filled + piece.length > this.#bytes.length) {
      const larger = Buffer.alloc(2 * (this.#filled + piece.length))
      this.#bytes.copy(larger, 0, 0, this.#filled)
      this.#bytes = larger
    }
    this.#bytes.set(piece, this.#filled)
    this.#filled += piece.length
  }

  #drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#filled)
    this.#filled -= count
    this.#searched = 0
  }
}

function withoutLineEnd(bytes: Uint8Array, end: number): number {
  return end >= 2 && bytes[end - 2] === 0x0d && bytes[end - 1] === 0x0a ? end - 2 : end
}

function tooLarge(): MjpegError {
  return new MjpegError(`it sent a picture of more than ${MOST_PICTURE_BYTES} bytes`)
}
