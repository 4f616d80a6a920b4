import { z } from 'zod'
import { ModelLoadError } from '../../errors.js'
import { checkShape, readJson } from '../../runtime/parse-json.js'
import { isAvatarId } from './avatar-id.js'

/** What is kept of an avatar beside its pictures: `avatar.json`. */

/** The version of the files that this phiz writes and reads. */
export const AVATAR_FORMAT = 1

/** Points of the face mesh. */
export const LANDMARK_COUNT = 468
/** Numbers of one face: x, y and z of each point. */
export const LANDMARK_VALUES = LANDMARK_COUNT * 3

/** How far the animated region can be moved, in pixels of the stored picture. */
export const MAX_BBOX_SHIFT = 200

const pixels = z.number().int().min(1).max(32_768)
const bytes = z.number().int().min(1)

const shared = {
  format: z.literal(AVATAR_FORMAT),
  /** Name of the avatar and of its folder. */
  id: z.string().refine(isAvatarId, 'is not an avatar id'),
  /** New at each creation; also the name of the folder that holds this revision's files. */
  revision: z.uuid(),
  createdAt: z.iso.datetime(),
  /** What the avatar was made from. */
  source: z.object({
    /** Base name of the file. */
    name: z.string().min(1).max(255),
    /** Such as `jpeg` or `h264`. */
    format: z.string().min(1),
    width: pixels,
    height: pixels,
    /** Length of a video. */
    seconds: z.number().positive().optional(),
  }),
  /** The face as it was found: of a video, the middle values over its frames. */
  face: z.object({
    /** Pixels of the source. */
    width: z.number().positive(),
    height: z.number().positive(),
    /** How far the face is turned, in degrees; 0 looks into the camera. */
    yaw: z.number().min(-180).max(180),
    /** How many more faces were seen and left aside. */
    others: z.number().int().min(0),
  }),
  /** Size of the stored picture or frames. */
  width: pixels,
  height: pixels,
  /** How far down the animated region is moved, in pixels of the stored picture. */
  bboxShift: z.number().int().min(-MAX_BBOX_SHIFT).max(MAX_BBOX_SHIFT),
}

const portrait = z.object({
  ...shared,
  kind: z.literal('portrait'),
  /** Size of the picture's file. */
  picture: z.object({ bytes }),
})

const video = z.object({
  ...shared,
  kind: z.literal('video'),
  frames: z.object({
    count: z.number().int().min(2).max(100_000),
    fps: z.number().positive().max(240),
    /** Size of all frames' files together. */
    bytes,
  }),
})

const manifestSchema = z.discriminatedUnion('kind', [portrait, video])

export type PortraitManifest = z.infer<typeof portrait>
export type VideoManifest = z.infer<typeof video>
export type AvatarManifest = PortraitManifest | VideoManifest

type Draft<Manifest extends AvatarManifest> = Omit<Manifest, 'format' | 'id' | 'revision' | 'createdAt'>
/** A manifest without what the store adds. */
export type AvatarDraft = Draft<PortraitManifest> | Draft<VideoManifest>

/**
 * Reads a manifest.
 *
 * @param text The JSON text.
 * @param source Where it comes from, for the message.
 * @throws ModelLoadError that lists every field that is wrong, or says that the format is a newer one.
 */
export function parseAvatarManifest(text: string, source: string): AvatarManifest {
  const data = readJson(text, source)
  const format = (data as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > AVATAR_FORMAT) {
    throw new ModelLoadError(
      `${source} has format ${format}; this phiz reads format ${AVATAR_FORMAT}. Use a newer phiz, or create the avatar again.`,
    )
  }
  return checkShape(manifestSchema, data, source, 'is not a valid avatar manifest')
}

/** The text of `avatar.json`. */
export function formatAvatarManifest(manifest: AvatarManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}
