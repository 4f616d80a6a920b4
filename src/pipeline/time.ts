/**
 * Time inside the pipeline is integer microseconds, as in WebCodecs. Positions are always computed from a sample
 * or frame counter, never by adding durations, so that an hour of media does not drift.
 */

/** Integer microseconds. */
export type Microseconds = number

export const MICROSECONDS_PER_SECOND = 1_000_000

/** Position of sample `index` at `sampleRate` Hz, in integer microseconds. */
export function samplesToMicroseconds(index: number, sampleRate: number): Microseconds {
  return Math.round((index * MICROSECONDS_PER_SECOND) / sampleRate)
}

/** Position of frame `index` at `fps` frames a second, in integer microseconds. */
export function framesToMicroseconds(index: number, fps: number): Microseconds {
  return Math.round((index * MICROSECONDS_PER_SECOND) / fps)
}

/** Milliseconds, for humans and wire formats. */
export function microsecondsToMilliseconds(time: Microseconds): number {
  return time / 1000
}

/** A monotonic clock. Wall time appears in logs only. */
export interface Clock {
  /** Monotonic microseconds since an arbitrary zero. */
  now(): Microseconds
}

/** The process's monotonic clock. */
export const systemClock: Clock = {
  now: () => Math.round(performance.now() * 1000),
}
