import { emotionOffsets, type Emotion } from './emotion.js'

/** What the emotions of a turn add to its face, as far as they are to show. */
export class EmotionLooks {
  readonly #amplitude: number
  #emotion: Emotion | undefined
  #offsets = new Float32Array(0)

  /** @param amplitude factor of the offsets */
  constructor(amplitude: number) {
    this.#amplitude = amplitude
  }

  /** 52 offsets in [0, 1]; the same array for as long as the emotion is the same. */
  of(emotion: Emotion): Float32Array {
    if (emotion !== this.#emotion) {
      this.#emotion = emotion
      this.#offsets = emotionOffsets(emotion).map((offset) => Math.min(1, this.#amplitude * offset))
    }
    return this.#offsets
  }
}
