import { setTimeout as sleep } from 'node:timers/promises'
import {
  connectConverse,
  ConverseError,
  type ConverseClient,
  type EventOf,
  type WirePacket,
} from '../../src/client/index.js'
import { WebSocket } from '../../src/net/ws.js'

/** Sound that waits before it is played, as in the page, in milliseconds. */
const LEAD_MS = 100
/** The page tells ten times a second what it has played. */
const PLAYHEAD_EVERY_MS = 100
/** How long a seat may need to become free. */
const SEAT_MS = 10_000
/** Where a packet has its turn. */
const TURN_OFFSET = 4

/** What one turn was like for the one who listens. Times are those of `performance.now()`. */
export interface Heard {
  readonly turn: number
  readonly askedAt: number
  firstAudioAt: number | undefined
  firstFrameAt: number | undefined
  /** By how many milliseconds each picture came too late to be shown in time; negative is in time. */
  readonly lateness: number[]
  /** By how many milliseconds sound came too late, which makes a pause; empty where it never did. */
  readonly pauses: number[]
  /** Pictures that never came, among those that did. */
  missing: number
  /** End of the sound that has come, in milliseconds of the turn. */
  soundEnd: number
  /** When the turn was told to be over, or cut short. */
  overAt: number | undefined
  /** When the last of its packets came, also after it was interrupted. */
  lastPacketAt: number
}

export interface ListenerOptions {
  /** How long it waits for a seat, in milliseconds. */
  readonly seatMs?: number
  /** Whether it comes back when its connection breaks. */
  readonly resume?: boolean
}

/**
 * One who converses as the page does: plays sound by the clock a moment after it came, tells how far, and looks when
 * each picture comes. It decodes no picture, so as to leave the machine to the server.
 */
export class Listener {
  /** All turns so far. */
  readonly turns: Heard[] = []
  readonly client: ConverseClient
  readonly #timer: NodeJS.Timeout
  /** The connection that there is; a client that comes back has another. */
  readonly #connection: { current: WebSocket | undefined }
  #askedAt = 0
  /** When the live turn's zero is heard; undefined before its first sound. */
  #zero: number | undefined
  #nextFrame = 0
  #isTold = true
  /** Those who wait for something to come. */
  readonly #waiting = new Set<() => void>()

  private constructor(client: ConverseClient, connection: { current: WebSocket | undefined }) {
    this.client = client
    this.#connection = connection
    client.on('turn-start', ({ turn }) => {
      this.#begin(turn)
    })
    client.on('packet', (packet) => {
      this.#take(packet)
    })
    for (const type of ['turn-end', 'turn-cancel'] as const) {
      client.on(type, ({ turn }: EventOf<'turn-end' | 'turn-cancel'>) => {
        const heard = this.turns[turn - 1]
        if (heard !== undefined) heard.overAt = performance.now()
        this.#wake()
      })
    }
    this.#timer = setInterval(() => {
      this.#tell()
    }, PLAYHEAD_EVERY_MS)
  }

  /**
   * Connects, as soon as there is a seat.
   * @throws ConverseError when there is none for long
   */
  static async connect(
    url: string,
    { seatMs = SEAT_MS, resume = true }: ListenerOptions = {},
  ): Promise<Listener> {
    const deadline = performance.now() + seatMs
    for (;;) {
      let onBytes: (bytes: ArrayBuffer) => void = () => undefined
      const connection: { current: WebSocket | undefined } = { current: undefined }
      class ObservedSocket extends WebSocket {
        constructor(address: string) {
          super(address)
          connection.current = this
          this.on('message', (data, isBinary) => {
            if (isBinary) onBytes(data as ArrayBuffer)
          })
        }
      }
      try {
        const listener = new Listener(
          await connectConverse({ url, WebSocket: ObservedSocket, resume }),
          connection,
        )
        onBytes = (bytes) => {
          listener.#notice(bytes)
        }
        return listener
      } catch (error) {
        const isFull = error instanceof ConverseError && error.code === 'overload'
        if (!isFull || performance.now() > deadline) throw error
        await sleep(50)
      }
    }
  }

  /** Has words spoken, or answered; resolves when the turn is over and was heard to its end. */
  async hear(kind: 'say' | 'ask', text: string): Promise<Heard> {
    this.start(kind, text)
    const heard = await this.#next()
    await this.over(heard)
    while (this.#played() < heard.soundEnd) await sleep(20)
    return heard
  }

  /** Has words spoken, or answered. */
  start(kind: 'say' | 'ask', text: string): void {
    this.#askedAt = performance.now()
    this.client[kind](text)
  }

  /** Resolves when a condition holds for the last turn, looked at whenever something of it has come. */
  async until(fits: (heard: Heard) => boolean): Promise<Heard> {
    for (;;) {
      const heard = this.turns.at(-1)
      if (heard !== undefined && heard.askedAt >= this.#askedAt && fits(heard)) return heard
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve)
      })
    }
  }

  /** Resolves when a turn has ended, or was cut short. */
  async over(heard: Heard): Promise<void> {
    await this.until(() => heard.overAt !== undefined)
  }

  /** Breaks the connection without a word, as a network does. The client comes back by itself. */
  breakConnection(): void {
    this.#connection.current?.terminate()
  }

  close(): void {
    clearInterval(this.#timer)
    this.client.close()
  }

  #next(): Promise<Heard> {
    return this.until(() => true)
  }

  #begin(turn: number): void {
    this.#zero = undefined
    this.#nextFrame = 0
    this.#isTold = false
    this.turns[turn - 1] = {
      turn,
      askedAt: this.#askedAt,
      firstAudioAt: undefined,
      firstFrameAt: undefined,
      lateness: [],
      pauses: [],
      missing: 0,
      soundEnd: 0,
      overAt: undefined,
      lastPacketAt: 0,
    }
    this.#wake()
  }

  #take(packet: WirePacket): void {
    const heard = this.turns[packet.turn - 1]
    if (heard === undefined) return
    const now = performance.now()
    const timestamp = packet.timestamp / 1000
    if (packet.kind === 'audio') {
      if (this.#zero === undefined) {
        heard.firstAudioAt = now
        this.#zero = now + LEAD_MS
      } else if (now > this.#zero + timestamp) {
        heard.pauses.push(now - this.#zero - timestamp)
        this.#zero = now - timestamp
      }
      heard.soundEnd = (packet.timestamp + packet.duration) / 1000
    } else if (packet.kind === 'frame') {
      heard.firstFrameAt ??= now
      heard.lateness.push(this.#zero === undefined ? -LEAD_MS : now - this.#zero - timestamp)
      heard.missing += packet.index - this.#nextFrame
      this.#nextFrame = packet.index + 1
    }
    this.#wake()
  }

  /** Sees every packet: the client, of its own accord, lets nothing of an interrupted turn through. */
  #notice(bytes: ArrayBuffer): void {
    const heard = this.turns[new DataView(bytes).getUint32(TURN_OFFSET, true) - 1]
    if (heard !== undefined) heard.lastPacketAt = performance.now()
  }

  #wake(): void {
    for (const resume of this.#waiting) resume()
    this.#waiting.clear()
  }

  /** Milliseconds of the last turn that were heard. */
  #played(): number {
    const heard = this.turns.at(-1)
    if (heard === undefined || this.#zero === undefined) return 0
    return Math.max(0, Math.min(performance.now() - this.#zero, heard.soundEnd))
  }

  #tell(): void {
    const heard = this.turns.at(-1)
    if (heard === undefined || this.#isTold) return
    const played = this.#played()
    this.client.playhead(heard.turn, played * 1000)
    this.#isTold = heard.overAt !== undefined && played >= heard.soundEnd
  }
}
