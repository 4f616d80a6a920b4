/** Seconds in which the mouth goes over from the footage to the drawn one and back. */
const FADE = 0.12
/** Seconds of silence after which the mouth of the footage comes back: longer than a pause between clauses. */
const PATIENCE = 0.6

/**
 * How much of the drawn mouth is seen, frame by frame: 0 the footage's own, 1 the drawn one, in even steps between. An
 * utterance begins and ends in the footage, and goes back to it where it is silent for long: MuseTalk does not quite
 * close a mouth that hears nothing.
 */
export class MouthFade {
  readonly #steps: number
  readonly #patience: number
  #shown = 0
  /** Frames of silence up to now. */
  #silence = Infinity

  /** @param fps frames a second */
  constructor(fps: number) {
    this.#steps = Math.max(1, FADE * fps)
    this.#patience = PATIENCE * fps
  }

  /**
   * The next frame's share of the drawn mouth.
   *
   * @param silent whether the frame hears nothing
   * @param left frames until the end of the utterance, this one among them, where that is known
   */
  next(silent: boolean, left = Infinity): number {
    this.#silence = silent ? this.#silence + 1 : 0
    const step = this.#silence > this.#patience ? -1 : 1
    this.#shown = Math.min(1, Math.max(0, this.#shown + step / this.#steps))
    return Math.min(this.#shown, left / this.#steps)
  }
}
