import { BLENDSHAPE_COUNT } from '../../../pipeline/blendshapes.js'
import { blendFrom, type Rows } from './rows.js'

/** Frames in which an utterance comes out of a face at rest, and a chunk out of the pose before it. */
const FIRST = 3
const LATER = 5

/**
 * Leads the first new rows out of the last one that has left, or out of rest, as the published model does: a share that
 * grows in even steps. What it leads from is a pose that stands still while the face should move.
 *
 * @param rows changed in place
 * @param processed rows at the beginning that have left already
 */
export function crossFade(rows: Rows, processed: number): void {
  const from = processed > 0 ? rows[processed - 1]! : new Float32Array(BLENDSHAPE_COUNT)
  const count = Math.min(processed > 0 ? LATER : FIRST, rows.length - processed)
  for (let i = 0; i < count; i++) blendFrom(from, rows[processed + i]!, (i + 1) / (count + 1))
}
