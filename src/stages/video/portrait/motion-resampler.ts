import { endOf, type MotionPacket } from '../../../pipeline/packet.js'
import { framesToMicroseconds, MICROSECONDS_PER_SECOND, type Microseconds } from '../../../pipeline/time.js'

/** Motion at the moment of one picture. */
export interface FrameMotion {
  /** Frame counter from 0. */
  readonly index: number
  readonly timestamp: Microseconds
  readonly duration: Microseconds
  readonly weights: Float32Array
  readonly rotation: readonly [number, number, number]
}

/** Rounding of timestamps must not add a frame at the end. */
const FRAME_TOLERANCE = 1e-3

/**
 * Turns motion of any rate into motion at the pictures' moments by linear interpolation. Holds one motion packet;
 * `ceil(duration * fps)` frames come out in all.
 */
export class MotionResampler {
  readonly #fps: number
  #next = 0
  #previous: MotionPacket | undefined

  /** @param fps Frames a second. */
  constructor(fps: number) {
    this.#fps = fps
  }

  /** The frames that can be told now: those up to the packet's own moment. */
  *push(packet: MotionPacket): Iterable<FrameMotion> {
    const previous = this.#previous ?? packet
    this.#previous = packet
    while (this.#time(this.#next) <= packet.timestamp) yield this.#between(previous, packet)
  }

  /** The frames from the last packet's moment to its end. */
  *flush(): Iterable<FrameMotion> {
    const last = this.#previous
    if (!last) return
    const count = Math.ceil((endOf(last) * this.#fps) / MICROSECONDS_PER_SECOND - FRAME_TOLERANCE)
    while (this.#next < count) yield this.#between(last, last)
  }

  #between(a: MotionPacket, b: MotionPacket): FrameMotion {
    const index = this.#next++
    const timestamp = this.#time(index)
    const span = b.timestamp - a.timestamp
    const share = span > 0 ? Math.min(1, Math.max(0, (timestamp - a.timestamp) / span)) : 1
    const mix = (from: number, to: number): number => from + (to - from) * share
    return {
      index,
      timestamp,
      duration: this.#time(index + 1) - timestamp,
      weights: b.weights.map((weight, channel) => mix(a.weights[channel]!, weight)),
      rotation: [
        mix(a.rotation[0], b.rotation[0]),
        mix(a.rotation[1], b.rotation[1]),
        mix(a.rotation[2], b.rotation[2]),
      ],
    }
  }

  #time(index: number): Microseconds {
    return framesToMicroseconds(index, this.#fps)
  }
}
