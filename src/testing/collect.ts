import type { Packet, PacketKind } from '../pipeline/packet.js'
import type { Sink } from '../pipeline/sink.js'

/** A sink that keeps what it is given, for assertions. */
export interface CollectingSink extends Sink {
  readonly packets: readonly Packet[]
  readonly outcome: 'open' | 'finished' | 'aborted'
}

/** Collects packets of the given kinds; `onWrite` may make it slow or make it fail. */
export function collect(
  kinds: readonly PacketKind[],
  onWrite?: (packet: Packet) => Promise<void> | void,
): CollectingSink {
  const packets: Packet[] = []
  let outcome: CollectingSink['outcome'] = 'open'
  return {
    name: 'collect',
    kinds,
    packets,
    get outcome() {
      return outcome
    },
    write: async (packet) => {
      await onWrite?.(packet)
      packets.push(packet)
    },
    finish: () => {
      outcome = 'finished'
    },
    abort: () => {
      outcome = 'aborted'
    },
  }
}
