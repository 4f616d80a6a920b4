/** How voice is told from silence. Milliseconds are counted in steps of 32 ms, upwards. */
export interface ListeningSettings {
  /** Probability from which a step counts as voice. */
  readonly threshold: number
  /** The same while the agent speaks: what is left of its own voice is not believed so easily. */
  readonly thresholdWhileSpoken: number
  /** Probability below which a step counts as silence; in between, what was goes on. */
  readonly release: number
  /** Voice before speech has begun. What falls silent earlier was none. */
  readonly startMs: number
  /** Silence before speech has ended. */
  readonly endMs: number
  /** Sound before the first voice that belongs to the utterance: the first consonant is quieter than the model hears. */
  readonly preRollMs: number
  /** Sound after the last voice that belongs to the utterance. */
  readonly tailMs: number
  /** Longest utterance. */
  readonly longestMs: number
}

export const DEFAULT_LISTENING: ListeningSettings = {
  threshold: 0.5,
  thresholdWhileSpoken: 0.7,
  release: 0.35,
  startMs: 150,
  endMs: 600,
  preRollMs: 300,
  tailMs: 200,
  longestMs: 30_000,
}
