import { BLENDSHAPE_INDEX as B } from '../../../pipeline/blendshapes.js'
import type { Draws } from './draws.js'
import type { Rows } from './rows.js'

/** How far the lids are down in the frames of a blink, four ways of it. */
const PATTERNS = [
  [0.365, 0.95, 0.956, 0.917, 0.367, 0.119, 0.025],
  [0.235, 0.91, 0.945, 0.778, 0.191, 0.235, 0.089],
  [0.87, 0.95, 0.949, 0.696, 0.191, 0.073, 0.007],
  [0, 0.557, 0.953, 0.942, 0.426, 0.148, 0.018],
] as const
const LENGTH = 7
/** Depth of a blink: a factor in [low, high). */
const DEPTH = [0.8, 1] as const
/** Frames between two blinks: of a recording, and of a stream. */
const PAUSE = [60, 120] as const
const STREAM_PAUSE = [40, 100] as const
/** An eye that is shut further than this blinks. */
const SHUT = 0.5

/** Blinks of a whole recording: the lids are opened, then blink from frame 0 on. Changes the rows in place. */
export function blink(rows: Rows, draws: Draws): void {
  for (const row of rows) row[B.eyeBlinkLeft] = row[B.eyeBlinkRight] = 0
  for (let frame = 0; frame < rows.length - LENGTH;) {
    const depth = draws.uniform(...DEPTH)
    shut(rows, frame, draws.integer(0, PATTERNS.length), depth)
    frame += LENGTH + draws.integer(...PAUSE)
  }
}

/**
 * Blinks of a stream, as published: the network's own lids stay, and up to two blinks are written over those of the new
 * rows. The first comes after a pause that is counted from the last blink's place in the context, which mixes a length
 * with a place: blinks of streams come in uneven, sometimes in doubled time. Changes the rows in place.
 *
 * @param processed rows at the beginning that have left already
 */
export function blinkInStream(rows: Rows, processed: number, draws: Draws): void {
  const fresh = rows.length - processed
  if (fresh <= LENGTH) return
  const last = lastShut(rows, processed)
  const start = Math.max(0, draws.integer(...STREAM_PAUSE) - (last === undefined ? processed : last - LENGTH))
  if (start > fresh - LENGTH) return
  const pattern = draws.integer(0, PATTERNS.length)
  shut(rows, processed + start, pattern, draws.uniform(...DEPTH))

  const left = fresh - start - LENGTH
  if (left <= STREAM_PAUSE[0]) return
  const depth = draws.uniform(...DEPTH)
  const pause = draws.integer(...STREAM_PAUSE)
  if (left - LENGTH <= pause) return
  shut(rows, processed + start + LENGTH + pause, draws.integer(0, PATTERNS.length), depth)
}

function lastShut(rows: Rows, end: number): number | undefined {
  for (let i = end - 1; i >= 0; i--) if (rows[i]![B.eyeBlinkLeft]! > SHUT) return i
  return undefined
}

function shut(rows: Rows, start: number, pattern: number, depth: number): void {
  for (const [i, lids] of PATTERNS[pattern]!.entries()) {
    const row = rows[start + i]!
    row[B.eyeBlinkLeft] = row[B.eyeBlinkRight] = lids * depth
  }
}
