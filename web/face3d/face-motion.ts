import { MotionTrack, POSE_VALUES, type Pose } from './motion-track.js'

/** What comes over the wire: a moment of a turn, or of the time between turns (turn 0). */
export interface Motion {
  readonly turn: number
  /** µs. */
  readonly timestamp: number
  readonly weights: ArrayLike<number>
  readonly rotation: readonly number[]
}

/** µs in which the face goes over from one turn to another, or to its life between turns. */
const TRANSITION = 140_000
/** µs by which life between turns is shown later than it comes, so that it does not stutter as the network does. */
const LIVE_DELAY = 60_000
/** µs of silence after which life between turns begins anew. */
const LIVE_GAP = 1_000_000

/**
 * How the face stands at each moment: in a turn by what is heard, between turns by the clock on the wall, and at rest
 * where there is neither. Times are in µs.
 */
export class FaceMotion {
  readonly #turn = new MotionTrack()
  readonly #live = new MotionTrack()
  readonly #pose: Pose = new Float32Array(POSE_VALUES)
  readonly #from: Pose = new Float32Array(POSE_VALUES)
  #playing: number | undefined
  #heard = 0
  /** Least time by which live motion was later than its timestamp. */
  #liveOffset = Infinity
  #liveAt = -Infinity
  #changedAt = -Infinity

  /** The turn that is played from now on; undefined for none. */
  play(turn: number | undefined, now: number): void {
    this.#playing = turn
    this.#heard = 0
    this.#turn.clear()
    this.#from.set(this.#pose)
    this.#changedAt = now
  }

  /** How far the turn has been heard. */
  hear(turn: number, time: number): void {
    if (turn === this.#playing) this.#heard = time
  }

  /** Takes motion that has come at the time `now`. */
  take({ turn, timestamp, weights, rotation }: Motion, now: number): void {
    if (turn !== 0) {
      if (turn === this.#playing) this.#turn.add(timestamp, weights, rotation)
      return
    }
    if (now - this.#liveAt > LIVE_GAP || timestamp < (this.#live.end ?? 0)) {
      this.#live.clear()
      this.#liveOffset = Infinity
      this.#from.set(this.#pose)
      if (this.#playing === undefined) this.#changedAt = now
    }
    this.#liveAt = now
    this.#liveOffset = Math.min(this.#liveOffset, now - timestamp)
    this.#live.add(timestamp, weights, rotation)
  }

  /** The face at `now`. The array is the same each time. */
  at(now: number): Pose {
    const isKnown =
      this.#playing === undefined
        ? this.#live.read(now - this.#liveOffset - LIVE_DELAY, this.#pose)
        : this.#turn.read(this.#heard, this.#pose)
    // Without motion the face stays as it is for a turn that is about to begin; between turns it rests.
    if (!isKnown && this.#playing === undefined) this.#pose.fill(0)
    const share = Math.min(1, Math.max(0, (now - this.#changedAt) / TRANSITION))
    if (share < 1) {
      const eased = share * share * (3 - 2 * share)
      for (let i = 0; i < POSE_VALUES; i += 1) {
        this.#pose[i] = this.#from[i]! + (this.#pose[i]! - this.#from[i]!) * eased
      }
    }
    return this.#pose
  }
}
