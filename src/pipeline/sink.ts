import { Subscription, type Observable } from 'rxjs'
import { OverloadError } from '../errors.js'
import { END, Inbox } from './inbox.js'
import { endOf, type Packet, type PacketKind } from './packet.js'
import type { Turn } from './turn.js'

/**
 * Where packets leave the line: a file, a player, a socket. The promise of `write` means "ready for more"; until
 * then the turn's flow window keeps the source from running further ahead.
 */
export interface Sink {
  readonly name: string
  /** The kinds of packet it takes. Each kind has an order of its own; kinds are written side by side. */
  readonly kinds: readonly PacketKind[]
  write(packet: Packet): Promise<void> | void
  /** The turn is complete: whatever is held back goes out. Called once, after the last write. */
  finish?(): Promise<void> | void
  /** The turn failed or was cancelled: leave nothing half done. Called once, after the last write has ended. */
  abort?(): Promise<void> | void
}

/** Packets of one kind that may wait for a sink. The flow window keeps the real number far below. */
const INBOX_LIMIT = 4096

/**
 * Runs a turn's stream into its sinks and resolves when all of them have finished.
 *
 * - Subscribes once, after every sink holds a branch of the flow window.
 * - Ordering: packets of one kind are written in order, one at a time. Loss: none. A gap is not written; whoever waits
 *   for its kind is past it when the packets before it have been written.
 * - On an error of the stream or of a sink, or when the turn is cancelled, the stream is left, every sink is
 *   aborted after its write in flight, and the promise rejects with the first error.
 */
export async function deliver(
  packets$: Observable<Packet>,
  sinks: readonly Sink[],
  turn: Turn,
): Promise<void> {
  const lanes = sinks.flatMap((sink) => sink.kinds.map((kind) => new Lane(sink, kind, turn)))
  const subscription = new Subscription()

  const failAll = (error: unknown): void => {
    for (const lane of lanes) lane.inbox.fail(error)
  }
  const onCancel = (): void => {
    failAll(turn.signal.reason)
  }
  turn.signal.addEventListener('abort', onCancel, { once: true })
  if (turn.signal.aborted) onCancel()

  try {
    const runs = lanes.map((lane) =>
      lane.run().catch((error: unknown) => {
        failAll(error)
        throw error
      }),
    )
    subscription.add(
      packets$.subscribe({
        next: (packet) => {
          const kind = packet.kind === 'gap' ? packet.of : packet.kind
          for (const lane of lanes) if (lane.kind === kind) lane.push(packet)
        },
        error: failAll,
        complete: () => {
          for (const lane of lanes) lane.inbox.end()
        },
      }),
    )
    const results = await Promise.allSettled(runs)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    for (const sink of sinks) await sink.finish?.()
  } catch (error) {
    subscription.unsubscribe()
    await Promise.allSettled(sinks.map(async (sink) => sink.abort?.()))
    throw error
  } finally {
    turn.signal.removeEventListener('abort', onCancel)
    subscription.unsubscribe()
  }
}

/** Packets of one kind on their way into one sink. */
class Lane {
  readonly inbox = new Inbox<Packet>(INBOX_LIMIT)
  readonly #branch

  constructor(
    readonly sink: Sink,
    readonly kind: PacketKind,
    turn: Turn,
  ) {
    this.#branch = turn.window.branch(`${sink.name}/${kind}`)
  }

  push(packet: Packet): void {
    if (this.inbox.push(packet)) return
    this.inbox.fail(
      new OverloadError(`The sink "${this.sink.name}" has ${INBOX_LIMIT} ${this.kind} packets waiting.`),
    )
  }

  async run(): Promise<void> {
    try {
      for (;;) {
        const packet = await this.inbox.take()
        if (packet === END) return
        if (packet.kind !== 'gap') await this.sink.write(packet)
        this.#branch.advance(endOf(packet))
      }
    } finally {
      this.#branch.close()
    }
  }
}
