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
 * `ceil(duration * fps)` frames come out in all. Where the rate changes, frames are counted anew from the end of the
 * last one, so that no time is shown twice or not at all.
 */
export class MotionResampler {
  readonly #askFps: () => number
  #index = 0
  #fps: number
  /** Where frames are counted from, and how many have been since. */
  #base: Microseconds = 0
  #count = 0
  #previous: MotionPacket | undefined

  /** @param fps Frames a second, asked for each frame. */
  constructor(fps: () => number) {
    this.#askFps = fps
    this.#fps = fps()
  }

  /** The frames that can be told now: those up to the packet's own moment. */
  *push(packet: MotionPacket): Iterable<FrameMotion> {
    const previous = this.#previous ?? packet
    this.#previous = packet
    while (this.#time(this.#count) <= packet.timestamp) yield this.#between(previous, packet)
  }

  /** The frames from the last packet's moment to its end. */
  *flush(): Iterable<FrameMotion> {
    const last = this.#previous
    if (!last) return
    while (this.#remaining(endOf(last)) > FRAME_TOLERANCE) yield this.#between(last, last)
  }

  #between(a: MotionPacket, b: MotionPacket): FrameMotion {
    const timestamp = this.#time(this.#count)
    this.#followRate(timestamp)
    this.#count += 1
    const span = b.timestamp - a.timestamp
    const share = span > 0 ? Math.min(1, Math.max(0, (timestamp - a.timestamp) / span)) : 1
    const mix = (from: number, to: number): number => from + (to - from) * share
    return {
      index: this.#index++,
      timestamp,
      duration: this.#time(this.#count) - timestamp,
      weights: b.weights.map((weight, channel) => mix(a.weights[channel]!, weight)),
      rotation: [
        mix(a.rotation[0], b.rotation[0]),
        mix(a.rotation[1], b.rotation[1]),
        mix(a.rotation[2], b.rotation[2]),
      ],
    }
  }

  #followRate(timestamp: Microseconds): void {
    const fps = this.#askFps()
    if (fps === this.#fps) return
    this.#fps = fps
    this.#base = timestamp
    this.#count = 0
  }

  /** Frames from here to a moment. */
  #remaining(end: Microseconds): number {
    return ((end - this.#base) * this.#fps) / MICROSECONDS_PER_SECOND - this.#count
  }

  /** Beginning of the frame that is `count` frames from the base. */
  #time(count: number): Microseconds {
    return this.#base + framesToMicroseconds(count, this.#fps)
  }
}
