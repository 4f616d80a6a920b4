import { z } from 'zod'
import { parseJson } from '../../../../runtime/parse-json.js'
import { LATENT_VALUES } from '../contract.js'

/**
 * What MuseTalk needs of a face, made once and kept beside it:
 *
 *     material.json   this manifest
 *     latents.f16     8 × 32 × 32 float16 a frame, little-endian: the masked face, then the whole one
 *     masks.u8        a frame's mask after the other, each without what the box cuts off
 *     base.png        the frame of a face that is not filmed; those of a film are the avatar's
 */
export const MATERIAL_FILE = 'material.json'
export const LATENTS_FILE = 'latents.f16'
export const MASKS_FILE = 'masks.u8'
export const BASE_FILE = 'base.png'

/** The version of the files that this phiz writes and reads. */
export const MATERIAL_FORMAT = 1

/** Bytes of `latents.f16` a frame. */
export const LATENT_BYTES = LATENT_VALUES * 2

const pixels = z.number().int().min(1).max(32_768)
const place = z.number().int().min(0).max(32_768)

const manifestSchema = z
  .object({
    format: z.literal(MATERIAL_FORMAT),
    /** Stands for the model and the parameters: {@link materialKey}. */
    key: z.string().min(1),
    /** Whose frames the faces are laid over: the avatar's own, or `base.png`. */
    base: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('frames') }),
      z.object({ kind: z.literal('picture'), bytes: z.number().int().min(1) }),
    ]),
    fps: z.number().positive().max(240),
    /** Size of the frames. */
    width: pixels,
    height: pixels,
    /** For each frame left, top, right and bottom of what the model draws; right and bottom lie outside. */
    boxes: z.array(z.tuple([place, place, place, place])).min(1),
    /** For each frame left, top, width and height of its mask; without width where nothing is drawn. */
    masks: z.array(z.tuple([place, place, place, place])).min(1),
  })
  .refine(({ boxes, masks }) => boxes.length === masks.length, 'has not as many masks as boxes')
  .refine(
    ({ boxes, masks }) =>
      boxes.every(([left, top, right, bottom], i) => {
        const [x, y, width, height] = masks[i]!
        return (
          left < right && top < bottom && isWithin(x, width, left, right) && isWithin(y, height, top, bottom)
        )
      }),
    'has an empty box or a mask outside of its box',
  )
  .refine(
    ({ boxes, width, height }) => boxes.every(([, , right, bottom]) => right <= width && bottom <= height),
    'has a box outside of its frame',
  )

export type MaterialManifest = z.infer<typeof manifestSchema>

/**
 * Reads a manifest.
 *
 * @param source Where it comes from, for the message.
 * @throws ModelLoadError that lists what is wrong.
 */
export function parseMaterialManifest(text: string, source: string): MaterialManifest {
  return parseJson(manifestSchema, text, source)
}

/** The text of `material.json`. */
export function formatMaterialManifest(manifest: MaterialManifest): string {
  return `${JSON.stringify(manifest)}\n`
}

/** Where each frame's mask begins in `masks.u8`, and at last how long the file is. */
export function maskOffsets({ masks }: Pick<MaterialManifest, 'masks'>): readonly number[] {
  let offset = 0
  return [0, ...masks.map(([, , width, height]) => (offset += width * height))]
}

function isWithin(start: number, length: number, low: number, high: number): boolean {
  return length === 0 || (start >= low && start + length <= high)
}
