import { createRoute, z } from '@hono/zod-openapi'
import { problemAnswers } from '../http/described.js'
import { problemAnswer } from '../http/problem-answer.js'
import { askBody, sayBody } from './requests.js'

/** The endpoints as OpenAPI describes them. */

const TAGS = ['Turns']

const problems = problemAnswers(
  {
    400: 'A field is not valid.',
    401: 'The API key is missing or wrong.',
    404: 'There is no such avatar.',
    405: 'Only POST is allowed.',
    413: 'The body is larger than is taken.',
    415: 'The body is not JSON.',
    500: 'Something went wrong.',
    503: 'An engine or the one who answers is not there, or all conversations are taken.',
  },
  problemAnswer,
)(400, 401, 404, 405, 413, 415, 500, 503)

/** The schema as JSON Schema, which OpenAPI 3.1 takes as it is. Zod's own translation knows `exactOptional`. */
function jsonBody(schema: z.ZodType) {
  return { required: true, content: { 'application/json': { schema: z.toJSONSchema(schema) as object } } }
}

const binary = { schema: z.string().openapi({ format: 'binary' }) }

const RESPONSES = {
  200: {
    description:
      'The turn, sent while it is made. `multipart/mixed`: a part for each event (`application/json`) and packet; ' +
      '`X-Phiz-Kind` says `event`, `audio`, `motion` or `frame`, `X-Phiz-Timestamp` and `X-Phiz-Duration` say when, ' +
      'in µs. `video/mp4`: a film in fragments. `audio/wav`: the sound alone, 24 kHz.',
    content: { 'multipart/mixed': binary, 'video/mp4': binary, 'audio/wav': binary },
  },
  ...problems,
}

export const sayRoute = createRoute({
  method: 'post',
  path: '/v1/say',
  tags: TAGS,
  summary: 'A text as a talking face',
  request: { body: jsonBody(sayBody) },
  responses: RESPONSES,
})

export const askRoute = createRoute({
  method: 'post',
  path: '/v1/ask',
  tags: TAGS,
  summary: 'An answer as a talking face, spoken while it is written',
  request: { body: jsonBody(askBody) },
  responses: RESPONSES,
})
