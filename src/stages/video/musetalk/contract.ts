import { z } from 'zod'
import { checkShape } from '../../../runtime/parse-json.js'

/** Names, shapes and rates of MuseTalk 1.5: github.com/TMElyralab/MuseTalk. */

/** Hz of what it hears. */
export const MUSETALK_SAMPLE_RATE = 16_000
/** Rows of Whisper's states a second. */
export const AUDIO_ROWS_PER_SECOND = 50
/** States that are taken of Whisper's encoder: its input and the output of each layer, the last one normalised. */
export const WHISPER_STATES = 5
/** Rows that one frame of video sees. */
export const ROWS_PER_FRAME = 10
/** Tokens that one frame of video sees: row · 5 + state. */
export const TOKENS_PER_FRAME = ROWS_PER_FRAME * WHISPER_STATES
/** Width and height in pixels of the face that it draws. */
export const FACE_SIZE = 256
/** Width and height of a latent. */
export const LATENT_SIZE = 32
/** Channels of what is kept for a frame: 4 of the masked face, 4 of the whole one. */
export const LATENT_CHANNELS = 8
/** Values that are kept for a frame. */
export const LATENT_VALUES = LATENT_CHANNELS * LATENT_SIZE * LATENT_SIZE
/** Bytes of a face: RGB. */
export const FACE_BYTES = FACE_SIZE * FACE_SIZE * 3

/** How MuseTalk is run: as it was published, faults included, or with them mended. */
export type MusetalkMode = 'realtime' | 'reference'

/**
 * The graphs; the batch is free in all of them.
 * - `whisper`: `mel` float32 [batch, 80, 3000] → `states` float32 [batch, 1500, 5, width]
 * - `vaeEncoder`: `image` float32 [batch, 3, 256, 256], RGB in [-1, 1] → `latent` float32 [batch, 4, 32, 32], scaled
 * - `unetVae`: `latents` float32 [batch, 8, 32, 32], `audio` float32 [batch, 50, width] with the positional encoding
 *   → `frames` uint8 [batch, 256, 256, 3], RGB
 * - `faceParse`: `image` float32 [batch, 3, 512, 512], RGB by ImageNet's mean and deviation → `classes` uint8
 *   [batch, 512, 512]
 */
const networkSchema = z.looseObject({
  sampleRate: z.literal(MUSETALK_SAMPLE_RATE),
  audioFps: z.literal(AUDIO_ROWS_PER_SECOND),
  states: z.literal(WHISPER_STATES),
  /** Values of a token: 384 in the published model. */
  width: z.number().int().min(2).multipleOf(2),
  rowsPerFrame: z.literal(ROWS_PER_FRAME),
  imageSize: z.literal(FACE_SIZE),
  latent: z.looseObject({ channels: z.literal(4), size: z.literal(LATENT_SIZE) }),
  graphs: z.looseObject({
    whisper: z.string(),
    vaeEncoder: z.string(),
    unetVae: z.string(),
    faceParse: z.string().optional(),
  }),
  /** Batches that are worth warming up, ascending, from 1. */
  batchSizes: z.array(z.number().int().min(1)).min(1),
})

export type MusetalkNetwork = z.infer<typeof networkSchema>

/** @throws ModelLoadError naming the fields that are wrong */
export function parseMusetalkNetwork(network: unknown, source: string): MusetalkNetwork {
  const part = z.object({ network: networkSchema })
  return checkShape(part, { network }, source, 'is not of a MuseTalk that phiz can run').network
}
