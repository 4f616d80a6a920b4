import { BETWEEN_TURNS, type ServerEvent } from '../../client/protocol.js'
import { CancelledError } from '../../errors.js'
import type { Packet, PacketKind } from '../../pipeline/packet.js'
import { systemClock } from '../../pipeline/time.js'
import { Bell } from '../bell.js'
import type { Watcher } from '../converse/watcher.js'
import { RealTime } from '../taps/real-time.js'
import type { TapForm } from './tap-form.js'

type Item = { readonly bytes: Uint8Array } | { readonly packet: Packet; readonly turn: number }

/**
 * What one watcher of a session is sent, when it is due: the first packet of a turn at once, all others as far after it
 * as they lie in the media. A watcher who does not read loses the oldest, and holds nobody up. Of a turn that is cut
 * short, or that another one replaces, nothing more is sent.
 */
export class TapStream implements Watcher {
  readonly readable: ReadableStream<Uint8Array>
  readonly kind: PacketKind
  readonly #form: TapForm
  readonly #changed = new Bell()
  #waiting: Item[]
  #pace = newPace()
  #isOver = false

  /** @param onLeft told once when there is nobody to send to any more */
  constructor(form: TapForm, onLeft: () => void) {
    this.#form = form
    this.kind = form.kind
    this.#waiting = form.head.length > 0 ? [{ bytes: form.head }] : []
    this.readable = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const bytes = await this.#next()
          if (bytes !== undefined) {
            controller.enqueue(bytes)
            return
          }
          if (form.tail.length > 0) controller.enqueue(form.tail)
          controller.close()
        },
        cancel: () => {
          this.end()
          onLeft()
        },
      },
      { highWaterMark: 0 },
    )
  }

  packet(turn: number, packet: Packet): void {
    if (packet.kind !== this.kind || this.#isOver) return
    this.#push({ packet, turn })
  }

  event(event: ServerEvent): void {
    if (this.#isOver) return
    if (event.type === 'turn-start' || event.type === 'turn-cancel') this.#forget()
    const bytes = this.#form.event(event)
    if (bytes !== undefined) this.#push({ bytes })
  }

  end(): void {
    this.#isOver = true
    this.#forget()
    this.#changed.ring()
  }

  /** Adds what is to be sent; of too much the oldest media go, or where there are none the oldest words. */
  #push(item: Item): void {
    this.#waiting.push(item)
    if (this.#waiting.length > this.#form.mostWaiting) {
      const oldest = this.#waiting.findIndex((one) => 'packet' in one)
      this.#waiting.splice(Math.max(0, oldest), 1)
      // The others come after a gap, and are not to be waited for as if there were none.
      this.#paceAnew()
    }
    this.#changed.ring()
  }

  /** What is due next; undefined at the end. */
  async #next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const item = this.#waiting[0]
      if (item === undefined) {
        if (this.#isOver) return undefined
        await this.#changed.next()
        continue
      }
      if ('packet' in item && !(await this.#isTurnOf(item))) continue
      this.#waiting.shift()
      return 'packet' in item ? this.#form.packet(item.packet, item.turn) : item.bytes
    }
  }

  /** Waits until a packet is due. False where it is not to be sent: it has been forgotten, or a newer one is due, too. */
  async #isTurnOf(item: Extract<Item, { packet: Packet }>): Promise<boolean> {
    const pace = this.#pace
    // Those of the time between turns come when they are due.
    if (item.turn !== BETWEEN_TURNS) await pace.untilDue(item.packet.timestamp)
    if (this.#waiting[0] !== item || pace !== this.#pace) return false
    const next = this.#waiting[1]
    const isOld =
      this.#form.isNewestWins &&
      next !== undefined &&
      'packet' in next &&
      (next.turn === BETWEEN_TURNS || pace.isDue(next.packet.timestamp))
    if (isOld) this.#waiting.shift()
    return !isOld
  }

  /** Drops the media that wait; words stay. */
  #forget(): void {
    this.#waiting = this.#waiting.filter((item) => 'bytes' in item)
    this.#paceAnew()
  }

  #paceAnew(): void {
    this.#pace.stop()
    this.#pace = newPace()
  }
}

/** A pace that can be given up: those who wait for something to be due then wait no more. */
function newPace(): Pick<RealTime, 'untilDue' | 'isDue'> & { stop(): void } {
  const stopped = new AbortController()
  const time = new RealTime({ clock: systemClock, signal: stopped.signal })
  return {
    isDue: (timestamp) => time.isDue(timestamp),
    untilDue: (timestamp) => time.untilDue(timestamp).catch(() => undefined),
    stop: () => {
      stopped.abort(new CancelledError())
    },
  }
}
