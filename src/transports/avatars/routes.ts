import { createRoute, z } from '@hono/zod-openapi'
import { jsonAnswer, problemAnswers } from '../http/described.js'
import { problemAnswer } from '../http/problem-answer.js'
import { avatarAnswer, AVATARS_PATH, BUILT_IN, createForm, LINES_TYPE, listAnswer } from './protocol.js'

/** The endpoints as OpenAPI describes them. */

const TAGS = ['Avatars']

const problems = problemAnswers(
  {
    400: 'The form, the id or the file cannot work; the message says why, such as that no face was found.',
    404: 'There is no such avatar.',
    408: 'The upload did not come in time.',
    409: 'There is an avatar of this id.',
    413: 'The file is larger than is taken.',
    503: 'As many are being made as may, or the same is being made.',
  },
  problemAnswer,
)

const id = (description: string) =>
  z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' }, description, example: 'anna' }) })

export const ROUTES = [
  createRoute({
    method: 'get',
    path: AVATARS_PATH,
    tags: TAGS,
    summary: 'The faces that conversations can have',
    responses: { 200: jsonAnswer('The built-in one, then the stored ones by id.', listAnswer) },
  }),
  createRoute({
    method: 'post',
    path: AVATARS_PATH,
    tags: TAGS,
    summary: 'Makes an avatar of a photo or a video',
    description:
      `Answers when it is ready; with \`Accept: ${LINES_TYPE}\` it tells meanwhile how far it is, a JSON object a ` +
      'line, and the last line is the avatar or the error. A client that leaves stops the work.',
    request: { body: { required: true, content: { 'multipart/form-data': { schema: createForm } } } },
    responses: {
      201: {
        ...jsonAnswer('The avatar.', avatarAnswer),
        headers: z.object({ location: z.string().openapi({ description: 'Its path.' }) }),
      },
      200: { description: 'Progress.', content: { [LINES_TYPE]: { schema: z.string() } } },
      ...problems(400, 408, 409, 413, 503),
    },
  }),
  createRoute({
    method: 'get',
    path: `${AVATARS_PATH}/{id}/picture`,
    tags: TAGS,
    summary: 'A picture of an avatar',
    request: {
      params: id(`\`${BUILT_IN}\` is the built-in face.`),
      query: z.object({
        size: z.enum(['small', 'full']).optional().openapi({
          description: '`full`: as large as its frames; of a video the first one. Default: small.',
        }),
        revision: z.string().optional().openapi({ description: 'Lets the answer be kept for ever.' }),
      }),
    },
    responses: {
      200: {
        description: 'The picture.',
        content: {
          'image/jpeg': { schema: z.string().openapi({ format: 'binary' }) },
          'image/png': { schema: z.string().openapi({ format: 'binary' }) },
        },
      },
      304: { description: 'It has not changed.' },
      ...problems(400, 404, 503),
    },
  }),
  createRoute({
    method: 'delete',
    path: `${AVATARS_PATH}/{id}`,
    tags: TAGS,
    summary: 'Removes an avatar',
    request: { params: id('A stored avatar.') },
    responses: { 204: { description: 'It is gone.' }, ...problems(400, 404, 503) },
  }),
] as const
