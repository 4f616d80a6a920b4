/** Seconds in which a mouth goes from speech to silence and back: what a frame hears ahead, so that it is never late. */
const FADE = 0.12

/** How much of silence a mouth shows, frame by frame: 0 in speech, 1 in silence, in even steps between. */
export class SilenceFade {
  readonly #step: number
  #weight: number | undefined

  /** @param fps frames a second */
  constructor(fps: number) {
    this.#step = 1 / Math.max(1, FADE * fps)
  }

  /** The next frame's weight; the first frame is at once what it is. */
  next(silent: boolean): number {
    const last = (this.#weight ??= silent ? 1 : 0)
    return (this.#weight = Math.min(1, Math.max(0, silent ? last + this.#step : last - this.#step)))
  }
}
