import { BLENDSHAPE_INDEX, BLENDSHAPE_NAMES, type BlendshapeName } from '../../../pipeline/blendshapes.js'
import type { Rows } from './rows.js'

type Pair = readonly [left: number, right: number]

/** The 20 channels that come in two, left and right. */
export const ALL_PAIRS: readonly Pair[] = BLENDSHAPE_NAMES.filter((name) => name.endsWith('Left')).map(
  (left) => [BLENDSHAPE_INDEX[left], BLENDSHAPE_INDEX[left.replace('Left', 'Right') as BlendshapeName]],
)

const isLateral = (name: string): boolean => /^(jaw|mouth)Left$/.test(name) || name.startsWith('eyeLook')

/**
 * Those that are one muscle on either side: without the jaw, the mouth and the gaze, whose left and right are ways to
 * move, so that their mean would leave a face that can only look and speak straight ahead.
 */
export const MUSCLE_PAIRS: readonly Pair[] = ALL_PAIRS.filter(([left]) => !isLateral(BLENDSHAPE_NAMES[left]!))

/** Gives both sides of each pair their mean, in place. */
export function symmetrise(rows: Rows, pairs: readonly Pair[]): void {
  for (const row of rows) {
    for (const [left, right] of pairs) row[left] = row[right] = (row[left]! + row[right]!) / 2
  }
}
