import { Subject } from 'rxjs'
import { InferenceError } from '../../../errors.js'
import { measured } from '../../../pipeline/measure.js'
import type { AudioPacket, MotionPacket } from '../../../pipeline/packet.js'
import {
  framesToMicroseconds,
  MICROSECONDS_PER_SECOND,
  samplesToMicroseconds,
} from '../../../pipeline/time.js'
import type { Turn } from '../../../pipeline/turn.js'
import type { ExpressionStage } from '../../../stages/expression/expression-stage.js'

export interface MotionStreamOptions {
  readonly turn: Turn
  readonly expression: ExpressionStage
  /** Hz of all the sound that follows. */
  readonly sampleRate: number
  /** Frames a second that the stage makes. */
  readonly fps: number
}

/**
 * One turn of the expression stage that is fed by requests: sound goes in piece by piece, and each piece is answered
 * with the frames that it completes. The stage's state, and so its context, lives from the first piece to the last.
 *
 * The frames of all answers one after the other are those of the whole sound. A frame leaves when the stage owes it, or,
 * where a stage does not say that, when it ends more than the look-ahead before the end of the sound so far: the number
 * of frames in an answer depends on the sound's length alone and never on timing.
 */
export class MotionStream {
  readonly #options: MotionStreamOptions
  readonly #audio = new Subject<AudioPacket>()
  readonly #ready: MotionPacket[] = []
  readonly #done: Promise<void>
  #samples = 0
  #taken = 0
  #hasEnded = false
  #failure: unknown
  #wake: () => void = ignore

  constructor(options: MotionStreamOptions) {
    const { turn, expression } = options
    this.#options = options
    turn.reportStart()
    this.#done = new Promise((resolve) => {
      const end = (failure?: unknown): void => {
        this.#failure = failure
        this.#hasEnded = true
        this.#wake()
        resolve()
      }
      this.#audio.pipe(measured(expression).open(turn)).subscribe({
        next: (packet) => {
          this.#ready.push(packet)
          this.#wake()
        },
        error: end,
        complete: end,
      })
    })
  }

  /**
   * Takes the next piece of sound; one call at a time.
   *
   * @param samples mono in [-1, 1]
   * @returns the frames that are complete now
   * @throws what made the turn fail; there is nothing to be had from it any more
   */
  async push(samples: Float32Array): Promise<readonly MotionPacket[]> {
    const { turn, expression, sampleRate } = this.#options
    const timestamp = samplesToMicroseconds(this.#samples, sampleRate)
    this.#samples += samples.length
    const heard = samplesToMicroseconds(this.#samples, sampleRate)
    this.#audio.next({
      kind: 'audio',
      turn: turn.id,
      timestamp,
      duration: heard - timestamp,
      samples,
      sampleRate,
    })
    const complete =
      expression.framesDue?.(this.#samples, sampleRate) ?? this.#framesBefore(heard - expression.lookahead)
    const due = complete - this.#taken
    while (this.#ready.length < due) {
      if (this.#hasEnded)
        throw this.#failure ?? new InferenceError('The expression stage ended before its sound.')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    this.#taken += due
    return this.#ready.splice(0, due)
  }

  /** Ends the sound; resolves when the turn's work has really ended. */
  async finish(): Promise<void> {
    this.#audio.complete()
    await this.#done
    const { turn } = this.#options
    await turn.ended()
    if (this.#failure === undefined) turn.reportEnd('completed')
    else turn.reportEnd('failed', this.#failure)
  }

  /** Stops at once; resolves when the turn's work has really ended. */
  async cancel(): Promise<void> {
    const { turn } = this.#options
    turn.cancel()
    await turn.ended()
    turn.reportEnd('cancelled')
  }

  /** Number of frames, from the first, that end before `time`. */
  #framesBefore(time: number): number {
    const { fps } = this.#options
    let frames = Math.max(0, Math.ceil((time * fps) / MICROSECONDS_PER_SECOND))
    while (frames > this.#taken && framesToMicroseconds(frames, fps) >= time) frames--
    return Math.max(frames, this.#taken)
  }
}

function ignore(): void {
  // Nobody waits.
}
