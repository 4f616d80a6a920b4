import { AUDIO_ROWS_PER_SECOND, ROWS_PER_FRAME, WHISPER_STATES } from './contract.js'

/** Rows that a frame sees on either side of its own two. */
const ROWS_ASIDE = 2
/** Rows before a frame's own time that it sees at 25 frames a second, the rate that MuseTalk learned. */
const ROWS_BEFORE = 4
/**
 * How far before a row's beginning a frame still counts as in it, in rows: at 30 frames a second, frame 3 begins with
 * row 5, and not a rounding error before it.
 */
const ROUNDING = 1e-6

/** Which row a frame sees first, of the rows of the utterance; it sees {@link ROWS_PER_FRAME}. May be negative. */
export type FirstRow = (frame: number) => number

/**
 * The window as it was published: rows are padded with `2 P` zero rows, P = ⌈50 / fps⌉, and frame i begins at padded
 * row ⌊i · 50 / fps⌋. Below 25 frames a second that hears too early: by 40 ms at 24 and 20, by 80 ms at 15.
 *
 * @param fps whole frames a second: the original cuts 29.97 to 29, see {@link publishedRate}
 */
export function publishedWindow(fps: number): FirstRow {
  const rowsPerFrame = AUDIO_ROWS_PER_SECOND / fps
  const padding = ROWS_ASIDE * Math.ceil(rowsPerFrame)
  return (frame) => Math.floor(frame * rowsPerFrame) - padding
}

/** The rate that the published window counts with. */
export function publishedRate(fps: number): number {
  return Math.trunc(fps)
}

/**
 * The window of 25 frames a second at every frame's own time, whatever the rate: from 80 ms before the row in which the
 * frame begins to 120 ms after that row's beginning.
 */
export function timedWindow(fps: number): FirstRow {
  return (frame) => Math.floor((frame * AUDIO_ROWS_PER_SECOND) / fps + ROUNDING) - ROWS_BEFORE
}

/**
 * Copies what one frame sees: 50 tokens, row · 5 + state. A row outside of `rows` is zeros, as far as the utterance
 * itself does not reach.
 *
 * @param states `[rows, 5, width]`
 * @param rows how many of them count
 * @param first the frame's first row, counted as those of `states` are
 * @param tokens `[50, width]`, overwritten
 */
export function cutTokens(
  states: Float32Array,
  rows: number,
  first: number,
  width: number,
  tokens: Float32Array,
): void {
  const row = WHISPER_STATES * width
  const from = Math.min(rows, Math.max(0, first))
  const to = Math.min(rows, Math.max(0, first + ROWS_PER_FRAME))
  tokens.fill(0)
  if (from < to) tokens.set(states.subarray(from * row, to * row), (from - first) * row)
}
