import { createRoute, type z } from '@hono/zod-openapi'
import { jsonAnswer, problemAnswers } from '../../http/described.js'
import {
  errorAnswer,
  healthAnswer,
  inferAnswer,
  inferForm,
  serviceAnswer,
  sessionPath,
  streamChunkAnswer,
  streamChunkForm,
  streamCloseAnswer,
  streamInitAnswer,
  streamInitBody,
} from './protocol.js'

/** The six endpoints as OpenAPI describes them. */

const PROBLEMS = {
  400: 'The sound or a parameter is not valid.',
  404: 'There is no such session.',
  408: 'The body did not come in time.',
  413: 'The body is larger than is taken.',
  500: 'The inference failed.',
  503: 'The model is not loaded, or there is too much to do.',
} as const

const problems = problemAnswers(PROBLEMS, errorAnswer)

/** What kind of file a field of a form takes: the schema of a file says nothing about it. */
const SOUND = { contentType: 'audio/*' } as const

function form(schema: z.ZodObject, encoding: Readonly<Record<string, { contentType: string }>>) {
  return { required: true, content: { 'multipart/form-data': { schema, encoding } } } as const
}

export const serviceRoute = createRoute({
  method: 'get',
  path: '/',
  summary: 'What this service is',
  responses: { 200: jsonAnswer('The service and its endpoints.', serviceAnswer) },
})

export const healthRoute = createRoute({
  method: 'get',
  path: '/api/health',
  summary: 'Whether the model is loaded, and how many sessions are open',
  responses: { 200: jsonAnswer('The state of the service.', healthAnswer) },
})

export const inferRoute = createRoute({
  method: 'post',
  path: '/api/infer',
  summary: 'A whole recording to 52 blendshapes at 30 frames a second',
  request: { body: form(inferForm, { audio_file: SOUND }) },
  responses: { 200: jsonAnswer('The motion.', inferAnswer), ...problems(400, 408, 413, 500, 503) },
})

export const streamInitRoute = createRoute({
  method: 'post',
  path: '/api/infer_stream_init',
  summary: 'Opens a streaming session',
  request: { body: { content: { 'application/json': { schema: streamInitBody } } } },
  responses: { 200: jsonAnswer('The session.', streamInitAnswer), ...problems(400, 413, 503) },
})

export const streamChunkRoute = createRoute({
  method: 'post',
  path: '/api/infer_stream_chunk',
  summary: 'The next chunk of a session to its frames',
  request: { body: form(streamChunkForm, { audio_chunk: SOUND }) },
  responses: {
    200: jsonAnswer('The frames that the sound so far completes.', streamChunkAnswer),
    ...problems(400, 404, 408, 413, 500, 503),
  },
})

export const streamCloseRoute = createRoute({
  method: 'delete',
  path: '/api/infer_stream_close/{session_id}',
  summary: 'Closes a streaming session',
  request: { params: sessionPath },
  responses: { 200: jsonAnswer('It is closed.', streamCloseAnswer), ...problems(404) },
})

export const ROUTES = [
  serviceRoute,
  healthRoute,
  inferRoute,
  streamInitRoute,
  streamChunkRoute,
  streamCloseRoute,
] as const
