import { CancelledError } from '../../../errors.js'
import type { Packet } from '../../../pipeline/packet.js'
import type { Sink } from '../../../pipeline/sink.js'
import type { Microseconds } from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import { RealTime, type Pace } from '../real-time.js'
import type { FrameRing } from './frame-ring.js'
import { mjpegPart } from '../../http/mjpeg.js'

export interface ScreenSinkOptions {
  readonly turn: Turn
  readonly ring: FrameRing
  readonly pace: Pace
  /** Seconds that a film waits for somebody to watch. */
  readonly patienceSeconds: number
  /** What happens then: the film is over, or it runs on without viewers. */
  readonly whenDeserted: 'end' | 'run-on'
}

/**
 * Frames of a turn on their way to the viewers of a ring. While nobody watches, it takes none, and the turn's flow
 * window holds the production.
 */
export class ScreenSink implements Sink {
  readonly name = 'musetalk-http'
  readonly kinds = ['frame'] as const
  readonly #options: ScreenSinkOptions
  readonly #realTime: RealTime
  #runsAlone = false

  constructor(options: ScreenSinkOptions) {
    this.#options = options
    this.#realTime = new RealTime(options.turn)
  }

  async write(packet: Packet): Promise<void> {
    if (packet.kind !== 'frame') return
    const { ring, turn } = this.#options
    await this.#untilWatched()
    if (ring.viewers > 0) await this.#untilWanted(packet.timestamp)
    turn.signal.throwIfAborted()
    ring.push(mjpegPart(packet.data))
  }

  async #untilWatched(): Promise<void> {
    const { ring } = this.#options
    if (ring.viewers > 0) return
    this.#realTime.startAnew()
    if (!this.#runsAlone) await this.#patiently((signal) => ring.watched(signal))
  }

  async #untilWanted(timestamp: Microseconds): Promise<void> {
    const { pace, ring } = this.#options
    if (pace === 'unlimited') {
      if (!this.#runsAlone) await this.#patiently((signal) => ring.taken(signal))
      return
    }
    await this.#realTime.untilDue(timestamp)
  }

  /** Waits for viewers to do something, but not for ever. */
  async #patiently(wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { turn, patienceSeconds, whenDeserted } = this.#options
    const timeUp = AbortSignal.timeout(patienceSeconds * 1000)
    try {
      await wait(AbortSignal.any([turn.signal, timeUp]))
    } catch {
      turn.signal.throwIfAborted()
      if (whenDeserted === 'end') throw new CancelledError(`Nobody watched for ${patienceSeconds} s.`)
      this.#runsAlone = true
    }
  }
}
