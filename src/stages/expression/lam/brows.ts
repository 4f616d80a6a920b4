import { clamp } from '../../../dsp/smooth.js'
import { BROW_RAISES, type BrowRaise } from './brow-raises.js'
import type { Draws } from './draws.js'
import type { Rows } from './rows.js'

/** Frames of a stretch of sound, in which the brows go up at most once. */
const SEGMENT = 150
/** Root mean square above which a frame is loud, and frames of the shortest loud run that counts. */
const LOUD = 0.08
const SHORTEST = 6
/** A run longer than this is one long raise: up to its loudest frame, and held to its end. */
const LONGEST_SHORT = 10
/** Height of a raise: a factor in [low, high). */
const HEIGHT = [0.7, 1.3] as const

/** Frames start ≤ i < end. */
interface Run {
  readonly start: number
  readonly end: number
}

/**
 * Raises the brows at random where a recording is loud, as the published model does on demand: in every 5 s one of the
 * loud runs is chosen, and one of two recorded raises is added to channels 0–4. All of channels 0–51 are then held
 * within [0, 1]. Changes the rows in place.
 *
 * @param volumes of the frames: see `frameVolumes`
 */
export function moveBrows(rows: Rows, volumes: Float32Array, draws: Draws): void {
  for (let start = 0; start < volumes.length; start += SEGMENT) {
    const segment = { start, end: Math.min(start + SEGMENT, volumes.length) }
    const runs = loudRuns(volumes, segment)
    if (runs.length === 0) continue
    const run = runs[draws.integer(0, runs.length)]!
    const raise = BROW_RAISES[draws.integer(0, BROW_RAISES.length)]!
    if (run.end - run.start > LONGEST_SHORT) raiseAndHold(rows, volumes, segment, run, raise, draws)
    else raiseOnce(rows, segment, run, raise, draws)
  }
  for (const row of rows) for (let c = 0; c < row.length; c++) row[c] = clamp(row[c]!, 0, 1)
}

function loudRuns(volumes: Float32Array, { start, end }: Run): Run[] {
  const runs: Run[] = []
  for (let at = start; at < end; at++) {
    const first = at
    while (at < end && volumes[at]! > LOUD) at++
    if (at - first >= SHORTEST) runs.push({ start: first, end: at })
  }
  return runs
}

/** The rise of a raise leads to the loudest frame, from which its peak is held. */
function raiseAndHold(
  rows: Rows,
  volumes: Float32Array,
  segment: Run,
  run: Run,
  { peak, frames }: BrowRaise,
  draws: Draws,
): void {
  const loudest = loudestOf(volumes, run)
  const start = Math.max(loudest - peak, segment.start)
  const height = draws.uniform(...HEIGHT)
  if (start + peak + 1 > segment.end) return
  for (let i = start; i <= start + peak; i++) add(rows[i], frames[i - start]!, height)
  for (let i = start + peak + 1; i < run.end; i++) add(rows[i], frames[peak]!, height)
}

/** The whole raise, centred on the run as far as the segment has room for it. */
function raiseOnce(rows: Rows, segment: Run, run: Run, { frames }: BrowRaise, draws: Draws): void {
  const centred = run.start + Math.floor((run.end - run.start - frames.length) / 2)
  const start = Math.max(segment.start, Math.min(centred, segment.end - frames.length))
  if (start + frames.length > segment.end) return
  const height = draws.uniform(...HEIGHT)
  for (const [i, frame] of frames.entries()) add(rows[start + i], frame, height)
}

function loudestOf(volumes: Float32Array, { start, end }: Run): number {
  let loudest = start
  for (let i = start + 1; i < end; i++) if (volumes[i]! > volumes[loudest]!) loudest = i
  return loudest
}

/** @param row undefined beyond the rows: a sound may have a volume more than it has frames */
function add(row: Float32Array | undefined, frame: readonly number[], height: number): void {
  if (row !== undefined) for (const [channel, value] of frame.entries()) row[channel]! += height * value
}
