import type { FramePacket, Packet } from '../../../pipeline/packet.js'
import type { Sink } from '../../../pipeline/sink.js'
import { MICROSECONDS_PER_SECOND, type Microseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import type { Socket } from '../../socket.js'
import { RealTime, type Pace } from '../real-time.js'
import { progressMessage } from './protocol.js'

export interface FrameSinkOptions {
  readonly socket: Socket
  readonly turn: Turn
  readonly pace: Pace
  /** Frames that are collected and sent at once; 1 sends each as it comes. */
  readonly batchFrames: number
  /** Frames that are expected, for the progress. */
  readonly expectedFrames: number
}

/** Progress is told after this many frames, or after this time since it was last told, whichever is first. */
const PROGRESS_FRAMES = 50
const PROGRESS_INTERVAL: Microseconds = 2 * MICROSECONDS_PER_SECOND

/** Frames of a turn on their way to a MuseTalk client: one bare JPEG a message, and the progress in between. */
export class FrameSink implements Sink {
  readonly name = 'musetalk-ws'
  readonly kinds = ['frame'] as const
  readonly #options: FrameSinkOptions
  #batch: FramePacket[] = []
  #sent = 0
  readonly #realTime: RealTime
  #toldAt: Microseconds
  #toldFrames = 0

  constructor(options: FrameSinkOptions) {
    this.#options = options
    this.#realTime = new RealTime(options.turn)
    this.#toldAt = options.turn.clock.now()
  }

  /** Frames that the system has taken. */
  get sent(): number {
    return this.#sent
  }

  async write(packet: Packet): Promise<void> {
    if (packet.kind !== 'frame') return
    this.#batch.push(packet)
    if (this.#batch.length >= this.#options.batchFrames) await this.#flush()
  }

  finish(): Promise<void> {
    return this.#flush()
  }

  abort(): void {
    this.#batch = []
  }

  async #flush(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    const [first] = batch
    if (first === undefined) return
    if (this.#options.pace === 'realtime') await this.#realTime.untilDue(first.timestamp)
    for (const { data } of batch) {
      // A stopped turn sends nothing any more, so that the answer to the stop is the last its client sees of it.
      this.#options.turn.signal.throwIfAborted()
      await this.#options.socket.sendBytes(data)
      this.#sent += 1
    }
    await this.#tell()
  }

  async #tell(): Promise<void> {
    const { socket, turn, expectedFrames } = this.#options
    const now = turn.clock.now()
    const due = this.#sent - this.#toldFrames >= PROGRESS_FRAMES || now - this.#toldAt >= PROGRESS_INTERVAL
    if (!due || turn.signal.aborted) return
    // Told at whole fifties even where bursts do not end there.
    this.#toldFrames = this.#sent - (this.#sent % PROGRESS_FRAMES)
    this.#toldAt = now
    const total = Math.max(expectedFrames, this.#sent)
    await socket.sendText(
      progressMessage(this.#sent, total, (now - turn.startedAt) / MICROSECONDS_PER_SECOND),
    )
  }
}
