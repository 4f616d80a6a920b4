/** Hz of everything behind the resampler: what the voice model and transcription servers expect. */
export const HEARING_SAMPLE_RATE = 16_000

/** Samples that the voice model judges at a time: 32 ms. */
export const HOP_SAMPLES = 512
