import type { Chance } from './chance.js'

const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9 } as const

interface FrameOptions {
  readonly isFinal?: boolean
  /** The three reserved bits, 0 to 7. */
  readonly reserved?: number
  readonly isMasked?: boolean
  /** The length that the frame claims; by default that of its payload. */
  readonly claimedLength?: bigint
}

/** One WebSocket frame (RFC 6455, section 5.2), right or wrong. The mask is four zeros. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  { isFinal = true, reserved = 0, isMasked = true, claimedLength }: FrameOptions = {},
): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  const length = claimedLength ?? BigInt(bytes.length)
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode
  const mask = isMasked ? 0x80 : 0
  let head: Buffer
  if (length < 126n) head = Buffer.from([first, mask | Number(length)])
  else if (length < 65_536n) {
    head = Buffer.from([first, mask | 126, 0, 0])
    head.writeUInt16BE(Number(length), 2)
  } else {
    head = Buffer.from([first, mask | 127, 0, 0, 0, 0, 0, 0, 0, 0])
    head.writeBigUInt64BE(length, 2)
  }
  return Buffer.concat([head, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), bytes])
}

const { continuation, text, binary, close, ping } = OPCODES

/** What no browser or library sends after a handshake. Most of it ends the connection. */
const BROKEN: readonly (() => Buffer)[] = [
  () => frame(text, '{}', { isMasked: false }),
  () => frame(3, 'reserved opcode'),
  () => frame(11, 'reserved control opcode'),
  () => frame(text, '{}', { reserved: 4 }),
  () => frame(binary, '{}', { reserved: 1 }),
  () => frame(ping, 'x', { isFinal: false }),
  () => frame(ping, 'x'.repeat(126)),
  () => frame(continuation, 'of nothing'),
  () => Buffer.concat([frame(text, '{', { isFinal: false }), frame(text, '}')]),
  () => frame(text, Buffer.from([0x7b, 0xff, 0xfe])),
  () => frame(text, Buffer.from([0xed, 0xa0, 0x80])),
  () => Buffer.concat([frame(text, Buffer.from([0xe4]), { isFinal: false }), frame(continuation, 'x')]),
  () => frame(text, '{}', { claimedLength: 2n ** 63n }),
  () => frame(text, '{}', { claimedLength: 2n ** 63n - 1n }),
  () => frame(binary, '{}', { claimedLength: 2n ** 31n }),
  () => frame(text, '{"a":', { claimedLength: 60_000n }),
  () => frame(text, 'x'.repeat(2 ** 20 + 1)),
  () => frame(close, 'x'),
  () => frame(close, Buffer.from([0x03, 0xed])),
  () => frame(close, Buffer.from([0x00, 0x00])),
  () => frame(close, Buffer.from([0xff, 0xff])),
  () => frame(close, Buffer.from([0x03, 0xe8, 0xff, 0xfe])),
  () => frame(close, Buffer.from([0x03, 0xe8])),
  () => Buffer.concat([frame(close, Buffer.from([0x03, 0xe8])), frame(text, '{}'), frame(text, '{}')]),
  () => Buffer.concat(Array.from({ length: 500 }, () => frame(ping, 'flood'))),
  () => Buffer.concat(Array.from({ length: 500 }, () => frame(text))),
  () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  // A message in two thousand pieces, with pings between them, and one that never ends.
  () => Buffer.concat([...pieces(2_000), frame(continuation, '"}')]),
  () => Buffer.concat(pieces(2_000)),
]

function pieces(count: number): Buffer[] {
  const between = Array.from({ length: count }, (_, index) =>
    index % 50 === 0 ? frame(ping, 'x') : frame(continuation, 'x', { isFinal: false }),
  )
  return [frame(text, '{"a":"', { isFinal: false }), ...between]
}

/** Frames that break a rule, noise, or the beginning of either. */
export function brokenFrames(chance: Chance): Buffer {
  const bytes = chance.next() < 0.2 ? chance.bytes(1 + chance.below(200)) : chance.pick(BROKEN)()
  return chance.next() < 0.2 ? bytes.subarray(0, 1 + chance.below(bytes.length)) : bytes
}
