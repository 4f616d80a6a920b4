import { createRoute, z } from '@hono/zod-openapi'
import { speechBody } from './protocol.js'

/** The endpoints as OpenAPI describes them. */

const TAGS = ['OpenAI speech']

const errorAnswer = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.enum(['invalid_request_error', 'rate_limit_error', 'server_error']),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .openapi('OpenAIError')

const PROBLEMS = {
  400: 'A field is not valid.',
  401: 'The API key is missing or wrong.',
  404: 'There is no such model.',
  413: 'The body is larger than is taken.',
  429: 'Too many texts are being spoken.',
  500: 'Something went wrong.',
  503: 'The voice is not there, or the service stops.',
} as const

function problems(...statuses: readonly (keyof typeof PROBLEMS)[]) {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: PROBLEMS[status], content: { 'application/json': { schema: errorAnswer } } },
    ]),
  )
}

const sound = { schema: z.string().openapi({ format: 'binary' }) }

export const speechRoute = createRoute({
  method: 'post',
  path: '/v1/audio/speech',
  tags: TAGS,
  summary: 'Text to speech, sent while it is spoken',
  description:
    'As OpenAI documents it; sound is 24 kHz, mono, and `pcm` 16-bit little-endian without a header.',
  request: { body: { required: true, content: { 'application/json': { schema: speechBody } } } },
  responses: {
    200: {
      description: 'The sound; or, with `stream_format: "sse"`, events of the kind `speech.audio.*`.',
      content: {
        'audio/mpeg': sound,
        'audio/opus': sound,
        'audio/aac': sound,
        'audio/flac': sound,
        'audio/wav': sound,
        'audio/pcm': sound,
        'text/event-stream': { schema: z.string() },
      },
    },
    ...problems(400, 401, 404, 413, 429, 500, 503),
  },
})

const model = z
  .object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .openapi('Model')

export const modelsRoute = createRoute({
  method: 'get',
  path: '/v1/models',
  tags: TAGS,
  summary: 'The names of models that requests may give',
  responses: {
    200: {
      description: 'The names; all stand for the voice of this server.',
      content: {
        'application/json': { schema: z.object({ object: z.literal('list'), data: z.array(model) }) },
      },
    },
    ...problems(401),
  },
})

export const modelRoute = createRoute({
  method: 'get',
  path: '/v1/models/{model}',
  tags: TAGS,
  summary: 'One model',
  request: { params: z.object({ model: z.string().openapi({ param: { name: 'model', in: 'path' } }) }) },
  responses: {
    200: { description: 'It is there.', content: { 'application/json': { schema: model } } },
    ...problems(401, 404),
  },
})

export const ROUTES = [speechRoute, modelsRoute, modelRoute] as const
