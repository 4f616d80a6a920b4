import { createRoute, type z } from '@hono/zod-openapi'
import { jsonAnswer, problemAnswers } from '../../http/described.js'
import { MJPEG_TYPE } from '../../http/mjpeg.js'
import {
  createAnswer,
  createBody,
  errorAnswer,
  healthAnswer,
  listAnswer,
  sessionPath,
  startAnswer,
  startBody,
  stopAnswer,
  validationErrorAnswer,
} from './protocol.js'

/** The endpoints as OpenAPI describes them. */

const PROBLEMS = {
  400: 'The file is not what it should be.',
  404: 'There is no such avatar, session or file.',
  405: 'The endpoint takes another method.',
  409: 'The avatar is being made, or is speaking.',
  413: 'The body is larger than is taken.',
  500: 'The work failed.',
  503: 'There is too much to do, or a model is not there.',
} as const

const problems = problemAnswers(PROBLEMS, errorAnswer)

const invalid = { 422: jsonAnswer('The body does not validate.', validationErrorAnswer) }

function body(schema: z.ZodType) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** Where the id of a new session leads. */
const sessionLinks = Object.fromEntries(
  ['stream', 'stopInference'].map((operationId) => [
    operationId,
    { operationId, parameters: { session_id: '$response.body#/session_id' } },
  ]),
)

export const pageRoute = createRoute({
  method: 'get',
  path: '/',
  operationId: 'page',
  summary: 'The built-in page',
  responses: {
    200: { description: 'A web page.', content: { 'text/html': { schema: { type: 'string' } } } },
    ...problems(405),
  },
})

export const healthRoute = createRoute({
  method: 'get',
  path: '/api/health',
  operationId: 'health',
  summary: 'Whether the service runs',
  responses: { 200: jsonAnswer('It does.', healthAnswer), ...problems(405) },
})

export const createAvatarRoute = createRoute({
  method: 'post',
  path: '/api/avatar/create',
  operationId: 'createAvatar',
  summary: 'Makes an avatar of a video or a picture, or makes it anew',
  description: 'Answers when the avatar is ready, which takes its time. A client that leaves stops the work.',
  request: { body: body(createBody) },
  responses: {
    200: jsonAnswer('The avatar is ready.', createAnswer),
    ...problems(400, 404, 405, 409, 413, 500, 503),
    ...invalid,
  },
})

export const listAvatarsRoute = createRoute({
  method: 'get',
  path: '/api/avatar/list',
  operationId: 'listAvatars',
  summary: 'The avatars',
  responses: { 200: jsonAnswer('All avatars by id.', listAnswer), ...problems(405, 500) },
})

export const startRoute = createRoute({
  method: 'post',
  path: '/api/inference/start',
  operationId: 'startInference',
  summary: 'Lets an avatar speak a sound file',
  request: { body: body(startBody) },
  responses: {
    200: { ...jsonAnswer('The session, whose stream can be watched.', startAnswer), links: sessionLinks },
    ...problems(400, 404, 405, 409, 413, 500, 503),
    ...invalid,
  },
})

export const streamRoute = createRoute({
  method: 'get',
  path: '/api/stream/{session_id}',
  operationId: 'stream',
  summary: 'The frames of a session as Motion JPEG, for an <img>',
  request: { params: sessionPath },
  responses: {
    200: {
      description: 'A JPEG a part, at the pace of the film; ends with the session.',
      content: { [MJPEG_TYPE]: { schema: { type: 'string', format: 'binary' } } },
    },
    ...problems(400, 404, 405, 500, 503),
  },
})

export const stopRoute = createRoute({
  method: 'post',
  path: '/api/inference/stop/{session_id}',
  operationId: 'stopInference',
  summary: 'Stops a session',
  request: { params: sessionPath },
  responses: { 200: jsonAnswer('It has stopped.', stopAnswer), ...problems(404, 405) },
})

export const ROUTES = [
  pageRoute,
  healthRoute,
  createAvatarRoute,
  listAvatarsRoute,
  startRoute,
  streamRoute,
  stopRoute,
] as const
