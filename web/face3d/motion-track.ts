/** Motion that is kept: eight seconds at 30 a second, more than is ever ahead of its time. */
const CAPACITY = 256

/** 52 weights, then pitch, yaw and roll in radians. */
export const POSE_VALUES = 55
export const ROTATION_AT = 52

/** The face at one moment: {@link POSE_VALUES} numbers. */
export type Pose = Float32Array<ArrayBuffer>

interface Moment {
  readonly timestamp: number
  readonly pose: Pose
}

/** How a face moves, by time: moments come one by one, and what lies between two of them is mixed from both. */
export class MotionTrack {
  readonly #moments: Moment[] = []

  /** Time of the newest moment in µs; undefined while there is none. */
  get end(): number | undefined {
    return this.#moments.at(-1)?.timestamp
  }

  /** Takes a moment, in the order of time. */
  add(timestamp: number, weights: ArrayLike<number>, rotation: readonly number[]): void {
    const pose = new Float32Array(POSE_VALUES)
    pose.set(weights)
    pose.set(rotation, ROTATION_AT)
    this.#moments.push({ timestamp, pose })
    if (this.#moments.length > CAPACITY) this.#moments.shift()
  }

  /**
   * Writes the face at a time. Before the first moment it is as in the first, after the last as in the last.
   * @returns false where nothing is known, and nothing is written
   */
  read(now: number, out: Pose): boolean {
    const next = this.#moments.findIndex(({ timestamp }) => timestamp > now)
    const before = this.#moments[next === 0 ? 0 : (next < 0 ? this.#moments.length : next) - 1]
    if (before === undefined) return false
    const after = next > 0 ? this.#moments[next]! : before
    const length = after.timestamp - before.timestamp
    const share = length > 0 ? (now - before.timestamp) / length : 0
    for (let i = 0; i < out.length; i += 1) {
      out[i] = before.pose[i]! + (after.pose[i]! - before.pose[i]!) * share
    }
    return true
  }

  clear(): void {
    this.#moments.length = 0
  }
}
