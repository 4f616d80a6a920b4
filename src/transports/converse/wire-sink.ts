import { encodePacket, type StreamName, type WirePacket } from '../../client/protocol.js'
import type { Packet, PacketKind } from '../../pipeline/packet.js'
import type { Sink } from '../../pipeline/sink.js'
import type { Turn } from '../../pipeline/turn.js'
import type { Socket } from '../socket.js'
import { KIND_OF_STREAM } from './settings.js'

export interface WireSinkOptions {
  readonly socket: Socket
  readonly turn: Turn
  /** The turn's number on the wire. */
  readonly number: number
  /** The streams that the turn makes. */
  readonly streams: readonly StreamName[]
  /** Whether the client wants a stream's packets, asked for each. */
  readonly wants: (stream: StreamName) => boolean
  /** Told when the system has taken a packet. */
  readonly onSent: (packet: Packet) => void
}

/** A turn's media as packets for one client, each stream at the pace at which the client takes it. */
export class WireSink implements Sink {
  readonly name = 'converse'
  readonly kinds: readonly PacketKind[]
  readonly #options: WireSinkOptions
  /** One of each kind, used again for every packet: a kind has one packet on its way at a time. */
  readonly #buffers = new Map<PacketKind, Uint8Array>()

  constructor(options: WireSinkOptions) {
    this.#options = options
    this.kinds = options.streams.map((stream) => KIND_OF_STREAM[stream])
  }

  async write(packet: Packet): Promise<void> {
    const { socket, turn, number, wants, onSent } = this.#options
    // Packets that were on their way when the turn was cancelled must not follow the news of it.
    turn.signal.throwIfAborted()
    const [wire, stream] = wireForm(packet, number)
    if (!wants(stream)) return
    const buffer = this.#buffers.get(packet.kind)
    const bytes = encodePacket(wire, buffer)
    if (bytes.buffer !== buffer?.buffer) this.#buffers.set(packet.kind, bytes)
    await socket.sendBytes(bytes)
    onSent(packet)
  }
}

function wireForm(packet: Packet, turn: number): readonly [WirePacket, StreamName] {
  const { timestamp, duration } = packet
  const base = { turn, timestamp, duration }
  switch (packet.kind) {
    case 'audio':
      return [{ kind: 'audio', ...base, sampleRate: packet.sampleRate, samples: packet.samples }, 'audio']
    case 'motion':
      return [
        { kind: 'motion', ...base, index: packet.index, weights: packet.weights, rotation: packet.rotation },
        'motion',
      ]
    case 'frame':
      return [{ kind: 'frame', ...base, index: packet.index, jpeg: packet.data }, 'frames']
    case 'text':
    case 'mark':
      throw new TypeError(`A packet of ${packet.kind} is no media.`)
  }
}
