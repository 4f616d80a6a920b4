import type { ServerEvent } from '../../client/protocol.js'
import type { Packet, PacketKind } from '../../pipeline/packet.js'

/** Somebody who looks on while a session runs. Nothing that a watcher does holds the session up. */
export interface Watcher {
  /** What it looks at. It is made for a watcher's sake, too, where the client does not want it. */
  readonly kind: PacketKind
  /** A packet has left for the client, or would have if the client wanted its kind. @param turn its number on the wire; 0 is the time between turns */
  packet(turn: number, packet: Packet): void
  /** The client is told this. */
  event(event: ServerEvent): void
  /** The client has played a turn up to `timestamp`, in µs of its media. */
  played?(turn: number, timestamp: number): void
  /** The session is over. Called once, unless the watcher has been taken away before. */
  end(): void
}

/** Those who look on. */
export class Watchers {
  readonly #all = new Set<Watcher>()

  get count(): number {
    return this.#all.size
  }

  /** Whether somebody looks at packets of this kind. */
  want(kind: PacketKind): boolean {
    for (const watcher of this.#all) if (watcher.kind === kind) return true
    return false
  }

  /** @returns takes the watcher away */
  add(watcher: Watcher): () => void {
    this.#all.add(watcher)
    return () => {
      this.#all.delete(watcher)
    }
  }

  packet(turn: number, packet: Packet): void {
    for (const watcher of this.#all) watcher.packet(turn, packet)
  }

  event(event: ServerEvent): void {
    for (const watcher of this.#all) watcher.event(event)
  }

  played(turn: number, timestamp: number): void {
    for (const watcher of this.#all) watcher.played?.(turn, timestamp)
  }

  end(): void {
    for (const watcher of this.#all) watcher.end()
    this.#all.clear()
  }
}
