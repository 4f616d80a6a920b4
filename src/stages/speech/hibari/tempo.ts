/** How a rate is reached. */
export interface Tempo {
  /** The model's speed input, 0.5–2. */
  readonly speed: number
  /** Factor by which its sound is then sped up. */
  readonly stretch: number
}

/**
 * Speed inputs and the rates that they give, by the length of 60 sentences.
 *
 * The model divides whole units of 25 ms and rounds: 1.2 gives a rate of 1.1, and between 1.33, where two units become
 * one, and 1.34 the rate leaps from 1.2 to 1.45. Where sounds get longer that does little harm; where they get shorter a
 * recogniser misheard up to twice as many words as of sound that was sped up afterwards (models/hibari/reference/README.md).
 */
const RATES: readonly (readonly [speed: number, rate: number])[] = [
  [0.5, 0.5],
  [0.6, 0.611],
  [1, 1],
]

/**
 * Chooses the model's speed that comes nearest to a rate; the rest is made up in the sound, so that speech is as fast as
 * asked and keeps its rhythm.
 * @param rate factor of the voice's normal speed
 */
export function tempoOf(rate: number): Tempo {
  let best: Tempo = { speed: 1, stretch: rate }
  for (const [speed, reached] of RATES) {
    const stretch = rate / reached
    if (Math.abs(Math.log(stretch)) < Math.abs(Math.log(best.stretch))) best = { speed, stretch }
  }
  return best
}
