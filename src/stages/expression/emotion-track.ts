import { onePole } from '../../dsp/smooth.js'
import { BLENDSHAPE_COUNT } from '../../pipeline/blendshapes.js'

/** Seconds after which 63 % of a change of emotion shows: a face changes its mood more slowly than its words. */
const CHANGE_TIME = 0.3

interface Change {
  readonly time: number
  readonly offsets: Float32Array
}

/** The emotion of a face over time: follows its changes smoothly, frame by frame. */
export class EmotionTrack {
  /** The offsets shown now, 52 values in [0, 1]. */
  readonly current: Float32Array
  readonly #follow: number
  #target: Float32Array
  readonly #changes: Change[] = []

  /**
   * @param fps frames a second
   * @param offsets the emotion before the first change
   * @param mood the offsets that the face shows already: it goes on from them, and writes them, so that whoever moves
   * the face next goes on from there. Default: `offsets`, shown from the first frame on.
   */
  constructor(fps: number, offsets: Float32Array, mood?: Float32Array) {
    this.#follow = onePole(1 / fps, CHANGE_TIME)
    this.#target = offsets
    this.current = mood ?? offsets.slice()
  }

  /** From `time` seconds on the face moves towards other offsets. Changes come in order of time. */
  changeAt(time: number, offsets: Float32Array): void {
    const latest = this.#changes.at(-1)?.offsets ?? this.#target
    if (latest !== offsets) this.#changes.push({ time, offsets })
  }

  /** Moves {@link current} on by one frame, to `time` seconds. */
  step(time: number): void {
    while (this.#changes.length > 0 && this.#changes[0]!.time <= time)
      this.#target = this.#changes.shift()!.offsets
    for (let i = 0; i < BLENDSHAPE_COUNT; i++) {
      this.current[i]! += (this.#target[i]! - this.current[i]!) * this.#follow
    }
  }
}
