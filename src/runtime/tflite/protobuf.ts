/** Writes Protocol Buffers: https://protobuf.dev/programming-guides/encoding. */

/** A part of a message: pieces of bytes that are put together once, at the end. */
export interface Encoded {
  readonly pieces: readonly Uint8Array[]
  readonly length: number
}

const VARINT = 0
const LENGTH_DELIMITED = 2

/** Fields one after another. */
export function message(...fields: readonly Encoded[]): Encoded {
  return {
    pieces: fields.flatMap(({ pieces }) => pieces),
    length: fields.reduce((sum, { length }) => sum + length, 0),
  }
}

/** An integer field, 0 ≤ value ≤ 2⁵³. */
export function integer(field: number, value: number): Encoded {
  return piece([...varint(field * 8 + VARINT), ...varint(value)])
}

export function nested(field: number, content: Encoded): Encoded {
  const head = Uint8Array.from([...varint(field * 8 + LENGTH_DELIMITED), ...varint(content.length)])
  return { pieces: [head, ...content.pieces], length: head.length + content.length }
}

export function octets(field: number, bytes: Uint8Array): Encoded {
  return nested(field, { pieces: [bytes], length: bytes.length })
}

export function text(field: number, value: string): Encoded {
  return octets(field, new TextEncoder().encode(value))
}

/** The bytes of a message. */
export function bytesOf({ pieces, length }: Encoded): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of pieces) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function piece(bytes: readonly number[]): Encoded {
  return { pieces: [Uint8Array.from(bytes)], length: bytes.length }
}

/** Seven bits a byte, the lowest first; all but the last have the highest bit set. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}
