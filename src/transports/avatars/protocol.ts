import { z } from '@hono/zod-openapi'
import { InputError } from '../../errors.js'
import type { AvatarProgress } from '../../stages/avatar/job.js'
import type { AvatarManifest } from '../../stages/avatar/manifest.js'
import type { AvatarEntry } from '../../stages/avatar/store.js'
import { UploadedFile } from '../http/uploaded-file.js'

/** The wire forms of `/v1/avatars`, as schemas that also make the OpenAPI. */

export const AVATARS_PATH = '/v1/avatars'

/** Stands for the built-in face in addresses: no stored avatar can have this name. */
export const BUILT_IN = '_built-in'

/** The media type of an answer that tells progress: a JSON object a line. */
export const LINES_TYPE = 'application/x-ndjson'

const pixels = (side: string) => z.int().openapi({ description: `${side} of its frames in pixels.` })

export const avatarAnswer = z
  .object({
    id: z
      .string()
      .nullable()
      .openapi({ description: 'What `set {avatar}` takes; null is the built-in face.' }),
    kind: z.enum(['built-in', 'portrait', 'video', 'damaged']).openapi({
      description: 'What it was made of; `damaged` can only be removed, or made anew.',
    }),
    width: pixels('Width').optional(),
    height: pixels('Height').optional(),
    seconds: z.number().optional().openapi({ description: 'Length of a video.' }),
    createdAt: z.iso.datetime().optional(),
    picture: z.string().optional().openapi({
      description: 'Path of a small JPEG on this server. It changes with the avatar.',
      example: '/v1/avatars/anna/picture?revision=0b6e…',
    }),
  })
  .openapi('Avatar')

export const listAnswer = z.object({ avatars: z.array(avatarAnswer) }).openapi('AvatarList')

export const createForm = z
  .object({
    file: z
      .custom<UploadedFile>((value) => value instanceof UploadedFile, {
        error: 'file is missing; it must be a photo or a video of a face.',
      })
      .openapi({ type: 'string', format: 'binary', description: 'A photo or a video of a face.' }),
    id: z
      .string('id must be a text.')
      .optional()
      .openapi({ example: 'anna', description: 'Left out, a new one. Letters, digits, ".", "_" and "-".' }),
    replace: z
      .stringbool({ error: 'replace must be true or false.' })
      .default(false)
      .openapi({ type: 'boolean', description: 'Whether an avatar of this id is replaced.' }),
  })
  .openapi('CreateAvatarForm')

export type AvatarInfo = z.output<typeof avatarAnswer>

/** A line of an answer that tells progress. The last is `avatar` or `error`. */
export type CreationLine =
  | {
      readonly type: 'progress'
      readonly phase: AvatarProgress['phase']
      readonly done: number
      readonly total: number
    }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'avatar'; readonly avatar: AvatarInfo }
  | { readonly type: 'error'; readonly error: { readonly code: string; readonly message: string } }

/**
 * Reads the fields of a form; those that are empty count as left out.
 * @throws InputError naming the first field that does not fit
 */
export function creationOf(fields: Readonly<Record<string, unknown>>): z.output<typeof createForm> {
  const given = Object.entries(fields).filter(([, value]) => value !== '')
  const result = createForm.safeParse(Object.fromEntries(given))
  if (result.success) return result.data
  throw new InputError(result.error.issues[0]?.message ?? 'The form does not validate.')
}

/** Where the picture of an avatar is. */
export function picturePath(id: string, revision?: string): string {
  const path = `${AVATARS_PATH}/${encodeURIComponent(id)}/picture`
  return revision === undefined ? path : `${path}?revision=${revision}`
}

/** What a client is told of an avatar. */
export function infoOf({ id, kind, width, height, createdAt, revision, source }: AvatarManifest): AvatarInfo {
  const seconds = source.seconds === undefined ? {} : { seconds: source.seconds }
  return { id, kind, width, height, ...seconds, createdAt, picture: picturePath(id, revision) }
}

/** The same of an entry of the store; what is wrong with a damaged one names files, and is not told. */
export function entryInfo(entry: AvatarEntry): AvatarInfo {
  return 'manifest' in entry ? infoOf(entry.manifest) : { id: entry.id, kind: 'damaged' }
}
