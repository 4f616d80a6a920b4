import { BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'
import { blendFrom, type Rows } from './rows.js'

/** Root mean square below which a frame is silent: −60 dB. */
const SILENT = 0.001
/** Frames of the shortest silence. */
const SHORTEST = 7
/** What is left of the mouth in a silence. */
const REST = 0.1
/** Frames at each end of a silence that lead into it and out of it. */
const EDGE = 3

/** What the published model takes for the mouth: not the channels that close it, the cheeks' squint, or the tongue. */
const MOUTH = BLENDSHAPE_NAMES.flatMap((name, channel) =>
  /^(jaw|mouth(?!Close)|noseSneer|cheekPuff)/.test(name) ? [channel] : [],
)

/**
 * Damps the mouth in silences of at least 7 frames, as the published model does: to a tenth in 29 channels, then the
 * frames at both ends are led in all channels from the last frame before and to the first frame behind. Where a silence
 * begins among frames that have left already, nothing leads into it.
 *
 * The first silence of all must be one frame longer than the others: the original counts from the second silent frame.
 *
 * @param rows changed in place
 * @param volumes one for each row, or fewer; rounding may give one more, which is not looked at
 * @param processed rows at the beginning that have left already; 0 at the start of an utterance
 */
export function dampSilences(rows: Rows, volumes: Float32Array, processed: number): void {
  for (const { start, end } of silences(volumes.subarray(0, rows.length))) {
    for (let i = start; i < end; i++) for (const channel of MOUTH) rows[i]![channel]! *= REST
    const lead = Math.min(EDGE, start - processed)
    for (let i = 0; i < lead; i++) blendFrom(rows[start - 1]!, rows[start + i]!, (i + 1) / (lead + 1))
    const trail = Math.min(EDGE, rows.length - end)
    for (let i = 0; i < trail; i++) blendFrom(rows[end]!, rows[end - 1 - i]!, (i + 1) / (trail + 1))
  }
}

function silences(volumes: Float32Array): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  let isFirst = true
  for (let start = 0; start < volumes.length;) {
    let end = start
    while (end < volumes.length && volumes[end]! < SILENT) end++
    if (end > start) {
      if (end - start >= (isFirst ? SHORTEST + 1 : SHORTEST)) found.push({ start, end })
      isFirst = false
    }
    start = Math.max(end, start + 1)
  }
  return found
}
