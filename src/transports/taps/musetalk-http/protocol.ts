import { z } from '@hono/zod-openapi'
import { isAvatarId } from '../../../stages/avatar/avatar-id.js'
import { MAX_BBOX_SHIFT } from '../../../stages/avatar/manifest.js'
import { MAX_FPS, MIN_FPS } from '../../../stages/video/portrait/stage.js'
import { WHOLE_NUMBER } from './validation.js'

/** The wire forms of MuseTalk's streaming HTTP interface, as schemas that also make the OpenAPI. */

export const SERVICE_TITLE = 'MuseTalk Streaming API'
export const SERVICE_VERSION = '1.0.0'
export const HEALTH = { status: 'ok', message: `${SERVICE_TITLE} is running` } as const

/** Linux allows paths of 4096 bytes. */
const LONGEST_PATH = 4096

const AVATAR_ID_RULE =
  'Value error, expected 1 to 64 letters, digits, ".", "_" and "-", beginning with a letter or a digit'

const avatarId = z
  .string()
  .refine(isAvatarId, AVATAR_ID_RULE)
  .openapi({ example: 'avatar1', pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$' })

const path = (what: string, example: string) =>
  z
    .string()
    .min(1)
    .max(LONGEST_PATH)
    .openapi({ example, description: `${what} on the server; relative to its working folder, or absolute.` })

export const createBody = z
  .object({
    avatar_id: avatarId,
    video_path: path('Video or picture of a face', 'data/video/yongen.mp4'),
    bbox_shift: z
      .int(WHOLE_NUMBER)
      .min(-MAX_BBOX_SHIFT)
      .max(MAX_BBOX_SHIFT)
      .default(0)
      .openapi({ description: 'How far down the animated region is moved, in pixels.' }),
    batch_size: z
      .int(WHOLE_NUMBER)
      .min(1)
      .default(20)
      .openapi({ description: 'Frames that are prepared at once. More than 64 count as 64.' }),
  })
  .openapi('CreateAvatar')

export const startBody = z
  .object({
    avatar_id: z.string().min(1).openapi({ example: 'avatar1' }),
    audio_path: path('Sound', 'data/audio/yongen.wav'),
    fps: z.number().min(MIN_FPS).max(MAX_FPS).default(25).openapi({ description: 'Frames a second.' }),
    skip_save_images: z
      .boolean()
      .default(true)
      .openapi({ description: 'false saves every frame as a PNG on the server.' }),
  })
  .openapi('StartInference')

export const sessionPath = z.object({
  session_id: z
    .string()
    .openapi({ param: { name: 'session_id', in: 'path' }, example: 'avatar1_1234567890' }),
})

export const healthAnswer = z.object({ status: z.literal('ok'), message: z.string() }).openapi('Health')

export const createAnswer = z
  .object({ status: z.literal('success'), message: z.string(), avatar_id: z.string() })
  .openapi('AvatarCreated')

export const listAnswer = z
  .object({
    avatars: z.array(
      z.object({
        avatar_id: z.string(),
        status: z.enum(['idle', 'preparing', 'error']).openapi({
          description: 'idle: can speak; preparing: is being made; error: its files are damaged.',
        }),
        created_at: z.number().openapi({ description: 'Unix time in seconds; 0 when it is not known.' }),
      }),
    ),
  })
  .openapi('Avatars')

export const startAnswer = z
  .object({
    status: z.literal('success'),
    message: z.string(),
    session_id: z.string(),
    stream_url: z.string(),
  })
  .openapi('InferenceStarted')

export const stopAnswer = z
  .object({ status: z.literal('success'), message: z.string() })
  .openapi('InferenceStopped')

export const errorAnswer = z.object({ detail: z.string() }).openapi('Error')

export const validationErrorAnswer = z
  .object({
    detail: z.array(
      z.object({
        type: z.string(),
        loc: z.array(z.union([z.string(), z.int()])),
        msg: z.string(),
        input: z.unknown(),
        ctx: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  })
  .openapi('HTTPValidationError')

export type CreateRequest = z.output<typeof createBody>
export type StartRequest = z.output<typeof startBody>
export type AvatarInfo = z.output<typeof listAnswer>['avatars'][number]

export function createdAnswer(avatarId: string): z.output<typeof createAnswer> {
  return { status: 'success', message: `Avatar ${avatarId} created successfully`, avatar_id: avatarId }
}

export function startedAnswer(sessionId: string): z.output<typeof startAnswer> {
  return {
    status: 'success',
    message: 'Inference started',
    session_id: sessionId,
    stream_url: `/api/stream/${sessionId}`,
  }
}

export function stoppedAnswer(sessionId: string): z.output<typeof stopAnswer> {
  return { status: 'success', message: `Session ${sessionId} stopped` }
}

/** Long names are cut: they come from strangers. */
export function unknownAvatar(avatarId: string): string {
  return `Avatar ${shortened(avatarId)} not found`
}

export function unknownSession(sessionId: string): string {
  return `Session ${shortened(sessionId)} not found`
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
