import { AUDIO_ROWS_PER_SECOND, MUSETALK_SAMPLE_RATE, ROWS_PER_FRAME } from '../contract.js'
import { timedWindow } from '../audio-window.js'

/** Samples of a row of states. */
export const SAMPLES_PER_ROW = MUSETALK_SAMPLE_RATE / AUDIO_ROWS_PER_SECOND

/**
 * Samples from the beginning of a row that are there when it is taken. Before attention a row depends on 520 of them:
 * two convolutions of three frames, the second every other one, over mel frames of 400 samples every 160.
 */
const ROW_REACH = 640

/**
 * Seconds of frames that are heard at once: few in the beginning, so that the first frame leaves early; more when the
 * first ones give time, because every hearing costs the same, however short it is.
 */
const HOPS = [0.08, 0.16, 0.32] as const

/** Seconds of sound from the beginning of a frame that it needs: up to its last row, and what that depends on. */
const RIGHT_CONTEXT = (ROWS_PER_FRAME - 5 + ROW_REACH / SAMPLES_PER_ROW) / AUDIO_ROWS_PER_SECOND

/** Frames that are heard together. */
export interface Hop {
  readonly first: number
  readonly count: number
  /** Samples of the utterance that must be there. */
  readonly needs: number
}

/**
 * The hops of an utterance, without end. Their places are counted in frames and samples, and depend on nothing else: the
 * same sound gives the same frames, however it is cut into packets.
 */
export function* hopsOf(fps: number): Generator<Hop, never> {
  const firstRow = timedWindow(fps)
  for (let first = 0, k = 0; ; k++) {
    const count = framesIn(HOPS[Math.min(k, HOPS.length - 1)]!, fps)
    const lastRow = firstRow(first + count - 1) + ROWS_PER_FRAME - 1
    yield { first, count, needs: lastRow * SAMPLES_PER_ROW + ROW_REACH }
    first += count
  }
}

/** Seconds of sound after the beginning of a frame that may go by before it is heard. */
export function longestWait(fps: number): number {
  return Math.max(...HOPS.map((hop) => framesIn(hop, fps))) / fps + RIGHT_CONTEXT
}

function framesIn(seconds: number, fps: number): number {
  return Math.max(1, Math.round(seconds * fps))
}
