import { smoothstep } from '../../../dsp/smooth.js'
import { BLENDSHAPE_COUNT } from '../../../pipeline/blendshapes.js'
import type { MotionPacket, TurnId } from '../../../pipeline/packet.js'
import { framesToMicroseconds, MICROSECONDS_PER_SECOND } from '../../../pipeline/time.js'
import type { Rotation } from '../idle/idle-motion.js'
import { CurveFrames } from './curve-frames.js'
import type { Face } from './face.js'

export interface TurnMotionOptions {
  readonly turn: TurnId
  readonly fps: number
  readonly face: Face
  /** Frame of the idle motion that is the turn's frame 0. */
  readonly idleStart: number
  /** Curve rows a second. */
  readonly rate: number
  /** Values in a row. */
  readonly channels: number
  /** Seconds before the turn's end in which the mouth returns to rest; at most the look-ahead of the rows. */
  readonly release: number
}

/** One turn's motion packets from its curve rows: counts frames, times them, and ends them with the sound. */
export class TurnMotion {
  readonly #options: TurnMotionOptions
  readonly #frames: CurveFrames
  readonly #row: Float32Array
  readonly #values: Float32Array
  #index = 0

  constructor(options: TurnMotionOptions) {
    this.#options = options
    this.#frames = new CurveFrames(options.rate, options.fps, options.channels)
    this.#row = new Float32Array(options.channels)
    this.#values = new Float32Array(options.channels)
  }

  /** Takes rows one after the other, and yields the frames that they complete. */
  *take(rows: Float32Array): Generator<MotionPacket> {
    yield* this.#push(rows, Infinity)
  }

  /**
   * Takes rows after the sound has ended: the mouth returns to rest with it.
   *
   * @param frames how many there are in all; what rows have beyond them is left out
   * @param duration length of the sound in seconds
   */
  *end(rows: Float32Array, frames: number, duration: number): Generator<MotionPacket> {
    yield* this.#push(rows, duration, frames)
  }

  /** Yields what is left to a number of `frames`: the sound may end within a row, for which the last one stands. */
  *fill(frames: number, duration: number): Generator<MotionPacket> {
    while (this.#index < frames) yield* this.#push(this.#row, duration, frames)
  }

  *#push(rows: Float32Array, duration: number, frames = Infinity): Generator<MotionPacket> {
    const { channels } = this.#options
    for (let at = 0; at < rows.length; at += channels) {
      this.#row.set(rows.subarray(at, at + channels))
      this.#frames.push(this.#row)
      while (this.#index < frames && this.#frames.next(this.#values)) yield this.#packet(duration)
    }
  }

  #packet(duration: number): MotionPacket {
    const { turn, fps, face, idleStart } = this.#options
    const index = this.#index++
    const time = (index + 0.5) / fps
    const weights = new Float32Array(BLENDSHAPE_COUNT)
    const rotation: Rotation = [0, 0, 0]
    face.write(idleStart + index, time, this.#values, this.#scale(duration - time), weights, rotation)
    const timestamp = framesToMicroseconds(index, fps)
    // The last frame ends with the sound, so that a picture of another rate knows where to end.
    const end = Math.min(framesToMicroseconds(index + 1, fps), Math.round(duration * MICROSECONDS_PER_SECOND))
    return {
      kind: 'motion',
      turn,
      timestamp,
      duration: end - timestamp,
      index,
      weights,
      rotation,
    }
  }
  /** How much of the speech is shown `remaining` seconds before its end: nothing in the last frame. */
  #scale(remaining: number): number {
    const { fps, release } = this.#options
    return smoothstep(Math.min(0.5 / fps, release / 2), release, remaining)
  }
}
