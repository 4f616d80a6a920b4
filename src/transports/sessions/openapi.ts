import { createRoute, z } from '@hono/zod-openapi'
import { jsonAnswer, problemAnswers } from '../http/described.js'
import { problemAnswer } from '../http/problem-answer.js'
import { createdAnswer, sessionBody, SESSIONS_PATH, stateAnswer } from './protocol.js'

/** The endpoints as OpenAPI describes them. */

const TAGS = ['Sessions']

const problems = problemAnswers(
  {
    400: 'A field is not valid.',
    404: 'There is no such session, or it is over.',
    405: 'The method is none of this path.',
    413: 'The body is larger than is taken.',
    503: 'All conversations, or all places in front of this one, are taken; or an engine is not there.',
  },
  problemAnswer,
)

const id = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const binary = { schema: z.string().openapi({ format: 'binary' }) }

const tap = (
  name: string,
  {
    summary,
    description,
    content,
    query,
  }: {
    summary: string
    description: string
    content: Record<string, { schema: z.ZodType }>
    query?: z.ZodObject
  },
) =>
  createRoute({
    method: 'get',
    path: `${SESSIONS_PATH}/{id}/taps/${name}`,
    tags: TAGS,
    summary,
    description: `${description} A watcher who falls behind loses the oldest; the answer ends with the session.`,
    request: { params: id, ...(query && { query }) },
    responses: { 200: { description: 'As it happens.', content }, ...problems(404, 405, 503) },
  })

export const ROUTES = [
  createRoute({
    method: 'post',
    path: SESSIONS_PATH,
    tags: TAGS,
    summary: 'Begins a conversation, which waits for the one who speaks',
    description: 'They connect a WebSocket to `url`. Until then it can be watched already.',
    request: { body: { content: { 'application/json': { schema: sessionBody } } } },
    responses: {
      201: {
        ...jsonAnswer('It has begun.', createdAnswer),
        headers: z.object({ location: z.string().openapi({ description: 'Its path.' }) }),
      },
      ...problems(400, 404, 405, 413, 503),
    },
  }),
  createRoute({
    method: 'get',
    path: `${SESSIONS_PATH}/{id}`,
    tags: TAGS,
    summary: 'How a conversation is',
    request: { params: id },
    responses: { 200: jsonAnswer('As it is now.', stateAnswer), ...problems(404, 405) },
  }),
  createRoute({
    method: 'delete',
    path: `${SESSIONS_PATH}/{id}`,
    tags: TAGS,
    summary: 'Ends a conversation',
    request: { params: id, query: z.object({ token: z.string() }) },
    responses: { 204: { description: 'It is over.' }, ...problems(404, 405) },
  }),
  tap('audio', {
    summary: 'Hears a conversation',
    description: 'Turn after turn as it is spoken, 16-bit mono; nothing comes while nothing is said.',
    content: { 'audio/wav': binary, 'audio/pcm': binary },
    query: z.object({
      format: z.enum(['wav', 'pcm']).optional().openapi({
        description: '`pcm`: little-endian samples alone, at the rate in the content type. Default: wav.',
      }),
    }),
  }),
  tap('motion', {
    summary: 'Watches how a face moves',
    description:
      'Server-sent events: `motion` with 52 weights and the head’s rotation; `turn-start`, `caption`, `turn-end` and ' +
      '`turn-cancel` as on the WebSocket; `end`.',
    content: { 'text/event-stream': { schema: z.string() } },
  }),
  tap('frames', {
    summary: 'Watches a face, in an <img> for example',
    description: 'Motion JPEG. A picture that is late is passed over for a newer one.',
    content: { 'multipart/x-mixed-replace': binary },
  }),
] as const
