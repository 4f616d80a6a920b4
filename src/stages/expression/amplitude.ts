/** How far a face moves, as factors: 0 not at all, 1 as is natural. */
export interface Amplitude {
  /** The speaking mouth, and with it the gestures that go with the voice; 0–2. */
  readonly speech: number
  /** The look of the emotion, 0–2.5. */
  readonly emotion: number
  /** What a face does of itself, 0–3: head, brows, glances, muscle tone. It blinks in any case. */
  readonly life: number
}

export const NATURAL_AMPLITUDE: Amplitude = { speech: 1, emotion: 1, life: 1 }

/** Largest factors: a head at 3 turns by 12°, which is as far as a portrait can be turned. */
export const LARGEST_AMPLITUDE: Amplitude = { speech: 2, emotion: 2.5, life: 3 }
