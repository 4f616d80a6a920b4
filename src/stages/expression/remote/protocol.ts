/** The answers of a LAM-A2E HTTP server, as its client reads them. Pure. */
import { z } from 'zod'
import { BLENDSHAPE_COUNT, BLENDSHAPE_INDEX, BLENDSHAPE_NAMES } from '../../../pipeline/blendshapes.js'

/** Frames of one answer at the most: a chunk of a second has 30, and a server may have kept some back. */
const MOST_FRAMES = 200

export const openedAnswer = z.object({ session_id: z.string().min(1).max(200) })

/** The names in the document's order, which is the line's own, or in any other. */
const names = z
  .array(z.string())
  .length(BLENDSHAPE_COUNT)
  .refine((list) => new Set(list).size === list.length && list.every((name) => name in BLENDSHAPE_INDEX), {
    error: 'must be the 52 names of ARKit',
  })

export const chunkAnswer = z
  .object({
    names: names.default([...BLENDSHAPE_NAMES]),
    metadata: z.object({ fps: z.number() }),
    frames: z.array(z.object({ weights: z.array(z.number()).length(BLENDSHAPE_COUNT) })).max(MOST_FRAMES),
  })
  .transform(({ names: order, metadata, frames }) => ({
    fps: metadata.fps,
    frames: frames.map(({ weights }) => inOurOrder(weights, order)),
  }))

function inOurOrder(weights: readonly number[], order: readonly string[]): Float32Array {
  const index: Readonly<Record<string, number>> = BLENDSHAPE_INDEX
  const frame = new Float32Array(BLENDSHAPE_COUNT)
  for (const [at, name] of order.entries()) frame[index[name]!] = Math.min(1, Math.max(0, weights[at]!))
  return frame
}
