import { z } from '@hono/zod-openapi'
import { BLENDSHAPE_COUNT } from '../../../pipeline/blendshapes.js'
import { UploadedFile } from '../../http/uploaded-file.js'

/** The wire forms of LAM-A2E's HTTP interface: what its document promises, as schemas that also make the OpenAPI. */

export const SERVICE_INFO = {
  service: 'LAM-A2E API',
  version: '1.0.0',
  endpoints: {
    infer: '/api/infer',
    stream_init: '/api/infer_stream_init',
    stream_chunk: '/api/infer_stream_chunk',
    health: '/api/health',
  },
} as const

export const SESSION_OPENED = 'Streaming session initialized'
export const SESSION_CLOSED = 'Session closed'
export const SESSION_NOT_FOUND = 'Session not found'

/** Identities 0 to 11, as the streaming model has them. */
export const IDENTITY_COUNT = 12

const IDENTITY_PROBLEM = `must be a whole number from 0 to ${IDENTITY_COUNT - 1}`
const identity = z
  .int({ error: IDENTITY_PROBLEM })
  .min(0, IDENTITY_PROBLEM)
  .max(IDENTITY_COUNT - 1, IDENTITY_PROBLEM)

/** A number arrives in a form as text. */
const identityText = z
  .string(IDENTITY_PROBLEM)
  .regex(/^\d{1,2}$/, IDENTITY_PROBLEM)
  .transform(Number)
  .pipe(identity)
  .default(0)
  .openapi({ type: 'integer', minimum: 0, maximum: IDENTITY_COUNT - 1, default: 0 })

/** Everything that HTML forms and Python's `requests` write for yes and no: true, False, 1, 0, on, off, yes, no. */
const flagText = (description: string) =>
  z
    .stringbool({ error: 'must be true or false' })
    .default(false)
    .openapi({ type: 'boolean', default: false, description })

const upload = (description: string) =>
  z
    .custom<UploadedFile>((value) => value instanceof UploadedFile, { error: 'must be an uploaded file' })
    .openapi({ type: 'string', format: 'binary', description })

export const inferForm = z
  .object({
    audio_file: upload('WAV, MP3, FLAC, Ogg, M4A or another sound file; 16 kHz mono is best.'),
    id_idx: identityText,
    ex_vol: flagText(
      'Take the voice out of its background first, for sound with music or noise; it takes longer.',
    ),
    movement_smooth: flagText('Keep the mouth at rest while the sound is silent.'),
    brow_movement: flagText('Raise the brows now and then where the voice is loud.'),
  })
  .openapi('InferForm')

export const streamInitBody = z.object({ id_idx: identity.default(0) }).openapi('StreamInit')

export const streamChunkForm = z
  .object({
    session_id: z.string('must be the id of a session').openapi({ format: 'uuid' }),
    audio_chunk: upload(
      'About 1 s of sound: a sound file, or headerless 16 kHz mono 16-bit little-endian PCM.',
    ),
  })
  .openapi('StreamChunkForm')

export const sessionPath = z.object({
  session_id: z.string().openapi({ param: { name: 'session_id', in: 'path' }, format: 'uuid' }),
})

const metadata = z.object({
  fps: z.number(),
  frame_count: z.int(),
  blendshape_count: z.int(),
  inference_time: z.number(),
})

const frame = z.object({
  weights: z.array(z.number().min(0).max(1)).length(BLENDSHAPE_COUNT),
  time: z.number(),
  rotation: z.array(z.number()),
})

const names = z.array(z.string()).length(BLENDSHAPE_COUNT)

export const inferAnswer = z.object({ names, metadata, frames: z.array(frame) }).openapi('Animation')

export const streamChunkAnswer = z
  .object({
    names,
    metadata: metadata.extend({ session_id: z.string(), chunk_index: z.int() }),
    frames: z.array(frame),
  })
  .openapi('AnimationChunk')

export const streamInitAnswer = z
  .object({ session_id: z.string(), message: z.string(), id_idx: z.int() })
  .openapi('Session')

export const streamCloseAnswer = z
  .object({ message: z.string(), session_id: z.string() })
  .openapi('ClosedSession')

export const healthAnswer = z
  .object({
    status: z.enum(['healthy', 'not_ready']),
    model_loaded: z.boolean(),
    gpu_available: z.boolean(),
    sessions: z.int(),
  })
  .openapi('Health')

export const serviceAnswer = z
  .object({ service: z.string(), version: z.string(), endpoints: z.record(z.string(), z.string()) })
  .openapi('Service')

export const errorAnswer = z.object({ detail: z.string() }).openapi('Error')

export type InferRequest = z.output<typeof inferForm>
export type Health = z.output<typeof healthAnswer>

/** What is wrong with a request, field by field, in one line. */
export function problemOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'The body'}: ${message}`).join('; ')
}
