import { CancelledError } from '../../errors.js'
import type { FramePacket, MotionPacket } from '../../pipeline/packet.js'
import type { Catalogue } from '../../stages/catalogue.js'
import type { Life } from '../../stages/life.js'
import type { WaitingClock } from '../../stages/rest/pace.js'
import { untilAborted } from '../http/until-aborted.js'
import { emotionOf } from './settings.js'
import { lookOf, type LineChoice } from './stages.js'

export interface IdleFaceOptions {
  readonly catalogue: Pick<Catalogue, 'idle'>
  readonly life: Life
  /** The settings as they are now, asked for each moment. */
  readonly choice: () => LineChoice
  /** Whether a stream's packets are wanted now, asked for each moment. */
  readonly wants: (stream: 'motion' | 'frames') => boolean
  /** Sends a packet of the time between turns. Resolves when it has been taken: meanwhile nothing is made. */
  readonly send: (packet: MotionPacket | FramePacket) => Promise<unknown>
  /** Told why the avatar that was asked for cannot be drawn; the one before it stays. */
  readonly onFailure: (error: unknown) => void
  /** Told what went wrong; the face rests until it is asked to live again. */
  readonly onUnexpectedError: (error: unknown) => void
  /** Default: the process's. */
  readonly clock?: WaitingClock
}

/** A face that lives on. */
interface Living {
  readonly ending: AbortController
  /** Resolves when it has ended, with false when it has failed. Never rejects. */
  readonly done: Promise<boolean>
  /** Whether it was asked to live since it began: it may have been about to end. */
  isAskedFor: boolean
}

/** The face of one session while nothing is said: it lives on for as long as somebody wants to see it. */
export class IdleFace {
  readonly #options: IdleFaceOptions
  /** Whether nothing is being said. */
  #isResting = false
  #living: Living | undefined

  constructor(options: IdleFaceOptions) {
    this.#options = options
  }

  /** Nothing is being said from now on, and the last turn has been seen to its end. */
  start(): void {
    this.#isResting = true
    this.refresh()
  }

  /** What is wanted may have changed: a face that is wanted now, and was not, begins to live. */
  refresh(): void {
    const { wants } = this.#options
    if (!this.#isResting || !(wants('motion') || wants('frames'))) return
    if (this.#living !== undefined) {
      this.#living.isAskedFor = true
      return
    }
    const ending = new AbortController()
    const living: Living = { ending, done: this.#live(ending.signal), isAskedFor: false }
    this.#living = living
    void living.done.then((isWell) => {
      if (this.#living !== living) return
      this.#living = undefined
      // Not by itself: where nobody can make what is wanted, a life ends as soon as it has begun.
      if (isWell && living.isAskedFor) this.refresh()
    })
  }

  /** A turn begins, or the session ends: no packet follows. Resolves when the last drawing has ended. */
  async stop(): Promise<void> {
    this.#isResting = false
    const living = this.#living
    this.#living = undefined
    living?.ending.abort(new CancelledError('A turn begins.'))
    await living?.done
  }

  /** @returns false when it has failed */
  async #live(signal: AbortSignal): Promise<boolean> {
    const { catalogue, life, choice, wants, send, onFailure, onUnexpectedError, clock } = this.#options
    const packets = catalogue.idle(
      {
        life,
        look: () => lookOf(choice()),
        emotion: () => emotionOf(choice().settings),
        wants: (kind) => wants(kind === 'frame' ? 'frames' : kind),
        onFailure,
        ...(clock && { clock }),
      },
      signal,
    )
    try {
      for await (const packet of packets) {
        signal.throwIfAborted()
        await untilAborted(send(packet), signal)
      }
      return true
    } catch (error) {
      if (!signal.aborted) onUnexpectedError(error)
      return false
    }
  }
}
