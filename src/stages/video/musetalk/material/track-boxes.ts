import type { Box } from './face-box.js'

/**
 * A box for each frame of a track in which some frames have none: those take the nearest one's, of two the earlier. The
 * lists of a material so never get out of step with its frames.
 *
 * @returns Undefined when no frame has a box.
 */
export function completeBoxes(found: readonly (Box | undefined)[]): readonly Box[] | undefined {
  const known = found.flatMap((box, index) => (box === undefined ? [] : [{ box, index }]))
  if (known.length === 0) return undefined
  let nearest = 0
  return found.map((_, index) => {
    while (nearest + 1 < known.length && closer(known[nearest + 1]!.index, known[nearest]!.index, index))
      nearest++
    return known[nearest]!.box
  })
}

function closer(candidate: number, present: number, index: number): boolean {
  return Math.abs(candidate - index) < Math.abs(present - index)
}
