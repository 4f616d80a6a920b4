import { z } from 'zod'
import { BLENDSHAPE_COUNT } from '../../../pipeline/blendshapes.js'
import { checkShape } from '../../../runtime/parse-json.js'

/** Names, shapes and rates of LAM-A2E: github.com/aigc3d/LAM_Audio2Expression, the streaming checkpoint. */

/** Hz of what the network hears: mono in [-1, 1], not normalised. */
export const LAM_SAMPLE_RATE = 16_000
/** Frames a second of what it makes. */
export const LAM_FRAME_RATE = 30
/** Frames of the window that the streaming model runs on. */
export const LAM_WINDOW_FRAMES = 64
/** Samples of that window: int(16000 · 64 / 30), 2.133 s. */
export const LAM_WINDOW_SAMPLES = 34_133

/** How LAM-A2E is run: as it was published, faults included, or with them mended. */
export type LamMode = 'realtime' | 'reference'

/** The graph: `audio` float32 [batch, samples], `identity` float32 [batch, identities] → `weights` float32 [batch, frames, 52]. */
const networkSchema = z.looseObject({
  file: z.string(),
  sampleRate: z.literal(LAM_SAMPLE_RATE),
  frameRate: z.literal(LAM_FRAME_RATE),
  /** Styles of speaking, chosen by number. */
  identities: z.number().int().min(1),
  channels: z.literal(BLENDSHAPE_COUNT),
})

export type LamNetwork = z.infer<typeof networkSchema>

/** @throws ModelLoadError naming the fields that are wrong */
export function parseLamNetwork(network: unknown, source: string): LamNetwork {
  const part = z.object({ network: networkSchema })
  return checkShape(part, { network }, source, 'is not of a LAM-A2E that phiz can run').network
}

/** Frames that the graph makes of so many samples: ⌈30 · samples / 16000⌉, in whole numbers. */
export function lamFrames(samples: number): number {
  return Math.floor((3 * samples + 1599) / 1600)
}
