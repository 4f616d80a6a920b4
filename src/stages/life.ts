import { BLENDSHAPE_COUNT } from '../pipeline/blendshapes.js'
import type { Microseconds } from '../pipeline/time.js'
import type { Turn } from '../pipeline/turn.js'

/**
 * The life of one face over the turns of a conversation and the time between them, so that blinks, sway, breath, filmed
 * loops and moods go on from where they were seen last.
 *
 * Its time is the time that has been shown, not that of a clock: what was made and never seen was not lived.
 */
export class Life {
  /**
   * What the mood adds to the face now: 52 offsets in [0, 1]. Whoever moves the face writes it, one at a time.
   */
  readonly mood = new Float32Array(BLENDSHAPE_COUNT)
  #time: Microseconds = 0
  readonly #zeros = new WeakMap<Turn, Microseconds>()

  /** How much of this life has been seen. */
  get time(): Microseconds {
    return this.#time
  }

  /** The time of this life at a turn's zero: the time at which it was first asked. */
  zeroOf(turn: Turn): Microseconds {
    const known = this.#zeros.get(turn)
    if (known !== undefined) return known
    this.#zeros.set(turn, this.#time)
    return this.#time
  }

  /** Everything before `time` has been seen. Times only grow; a smaller one is ignored. */
  reach(time: Microseconds): void {
    this.#time = Math.max(this.#time, time)
  }

  /** A turn has been seen up to a position on its own time line. */
  shown(turn: Turn, position: Microseconds): void {
    this.reach(this.zeroOf(turn) + position)
  }
}
