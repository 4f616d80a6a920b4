import { encodePacket, type StreamName, type WirePacket } from '../../client/protocol.js'
import type { Packet, PacketKind } from '../../pipeline/packet.js'
import type { Sink } from '../../pipeline/sink.js'
import type { Turn } from '../../pipeline/turn.js'
import type { Link } from './link.js'
import { KIND_OF_STREAM } from './settings.js'

export interface WireSinkOptions {
  readonly link: Link
  readonly turn: Turn
  /** The turn's number on the wire. */
  readonly number: number
  /** The streams that the turn makes. */
  readonly streams: readonly StreamName[]
  /** Whether the client wants a stream's packets, asked for each. */
  readonly wants: (stream: StreamName) => boolean
  /** Told when the system has taken a packet. */
  readonly onSent: (packet: Packet) => void
  /** Told of a packet that was made and that the client does not want. */
  readonly onUnwanted: (packet: Packet) => void
}

/** A turn's media as packets for one client, each stream at the pace at which the client takes it. */
export class WireSink implements Sink {
  readonly name = 'converse'
  readonly kinds: readonly PacketKind[]
  readonly #options: WireSinkOptions

  constructor(options: WireSinkOptions) {
    this.#options = options
    this.kinds = options.streams.map((stream) => KIND_OF_STREAM[stream])
  }

  async write(packet: Packet): Promise<void> {
    const { link, turn, number, wants, onSent, onUnwanted } = this.#options
    // Packets that were on their way when the turn was cancelled must not follow the news of it.
    turn.signal.throwIfAborted()
    const [wire, stream] = wireForm(packet, number)
    if (!wants(stream)) {
      onUnwanted(packet)
      return
    }
    // In bytes of its own, which the link keeps for a client who comes back.
    await link.sendPacket(encodePacket(wire), turn.signal)
    onSent(packet)
  }
}

/**
 * A packet as it travels, and the stream that it is of.
 * @param turn its number on the wire; 0 is the time between turns
 */
export function wireForm(packet: Packet, turn: number): readonly [WirePacket, StreamName] {
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
    case 'gap':
      throw new TypeError(`A packet of ${packet.kind} is no media.`)
  }
}
