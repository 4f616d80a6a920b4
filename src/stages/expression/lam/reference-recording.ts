import type { RecordingTreatment } from '../expression-stage.js'
import { blink } from './blinks.js'
import { moveBrows } from './brows.js'
import type { Draws } from './draws.js'
import type { Rows } from './rows.js'
import { smoothed } from './savitzky-golay.js'
import { dampSilences } from './silence.js'
import { ALL_PAIRS, symmetrise } from './symmetry.js'

/** Where the chance in a recording comes from. */
export interface RecordingDraws {
  readonly brows: Draws
  readonly blinks: Draws
}

/**
 * What the published model does with the network's rows of a whole recording: silences damped (`movement_smooth`) and
 * brows moved (`brow_movement`), if asked; all smoothed, left and right evened out, the lids replaced by blinks.
 *
 * @param rows changed in place
 * @param volumes of the recording at the network's rate: see `frameVolumes`
 * @returns as many rows, in memory of their own
 */
export function referenceRecording(
  rows: Rows,
  volumes: Float32Array,
  treatment: RecordingTreatment,
  draws: RecordingDraws,
): Rows {
  if (treatment.quietMouth) dampSilences(rows, volumes, 0)
  if (treatment.moveBrows) moveBrows(rows, volumes, draws.brows)
  const smooth = smoothed(rows)
  symmetrise(smooth, ALL_PAIRS)
  blink(smooth, draws.blinks)
  return smooth
}
